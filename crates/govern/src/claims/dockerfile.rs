//! Dockerfiles: the images of Go that stages begin with or copy from.

mod lines;

use super::image::Image;
use super::{Builds, COMPUTED, Claim, ClaimKind, Claims, NO_VERSION, Said};
use crate::finding::{Place, Related};
use crate::repo::directory_of;
use lines::{Instruction, instructions};
use std::collections::HashMap;
use std::ops::Range;

/// The most stages of a file.
const MOST_STAGES: usize = 1_000;
/// The longest name of an image, in bytes.
const LONGEST: usize = 4 << 10;

/// A stage.
#[derive(Default)]
struct Stage {
    /// The stage before that it begins with.
    parent: Option<usize>,
    /// The image of Go that it begins with, and its place.
    image: Option<(Image, Place)>,
    /// The line of the ARG that has the version.
    argument: Option<u32>,
    /// Whether it has files of the build's context.
    copies: bool,
    /// Whether it runs Go.
    runs: bool,
    /// Whether it says something about GOTOOLCHAIN.
    switches: bool,
}

/// An ARG before the first FROM: its default, and its line.
type Arguments = HashMap<String, (Option<String>, u32)>;

/// Adds the claims of a file.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return claims.unreadable(path, 1, "not UTF-8 text");
    };
    let (arguments, names) = (Arguments::new(), HashMap::new());
    let mut file = File { path, arguments, stages: Vec::new(), names };
    let mut fresh = Claims::default();
    for instruction in instructions(text) {
        if instruction.name == "FROM" && file.stages.len() == MOST_STAGES {
            return claims.unreadable(path, instruction.line(), "more than 1,000 stages");
        }
        file.take(&mut fresh, &instruction);
    }
    claims.append(fresh);
    let builds = builds(&file.stages);
    for (stage, builds) in file.stages.into_iter().zip(builds) {
        let Some((image, at)) = stage.image else { continue };
        let Some(says) = image.says else {
            claims.open(at, NO_VERSION);
            continue;
        };
        let argument = stage.argument.map(|line| Place::line(path, line));
        let used = argument.map(|at| Related { at, note: "its version".to_owned() });
        claims.claims.push(Claim {
            kind: ClaimKind::Image,
            said: vec![Said { text: image.text, says, at }],
            directory: directory_of(path).to_owned(),
            builds,
            used,
        });
    }
}

struct File<'f> {
    path: &'f str,
    arguments: Arguments,
    stages: Vec<Stage>,
    /// The last stage of each name.
    names: HashMap<String, usize>,
}

impl File<'_> {
    fn take(&mut self, claims: &mut Claims, line: &Instruction) {
        match line.name.as_str() {
            "ARG" if self.stages.is_empty() => {
                for word in line.words() {
                    let (name, value) = match word.text.split_once('=') {
                        Some((name, value)) => (name, Some(unquoted(value).to_owned())),
                        None => (word.text.as_str(), None),
                    };
                    self.arguments.insert(name.to_owned(), (value, word.line));
                }
            }
            "FROM" => self.from(claims, line),
            _ => {
                if let Some(stage) = self.stages.last_mut() {
                    stage.take(line);
                }
            }
        }
    }

    fn from(&mut self, claims: &mut Claims, line: &Instruction) {
        let mut words = line.words().filter(|word| !word.text.starts_with("--"));
        let Some(image) = words.next() else { return };
        let rest: Vec<_> = words.collect();
        let name = match &rest[..] {
            [r#as, name, ..] if r#as.text.eq_ignore_ascii_case("as") => name.text.to_lowercase(),
            _ => String::new(),
        };
        let mut stage = Stage::default();
        let end = image.column + u32::try_from(image.text.chars().count()).unwrap_or_default();
        let at = Place::part(self.path, image.line, image.column..end);
        match substituted(&image.text, &self.arguments) {
            Ok((text, arguments)) => {
                stage.parent = self.names.get(&text.to_lowercase()).copied();
                if stage.parent.is_none() {
                    stage.image = Image::parse(&text).map(|image| (image, at));
                }
                if let Some((image, _)) = &stage.image {
                    stage.argument = line_of(&image.range, &arguments);
                }
            }
            Err(()) if image.text.contains("golang") => claims.open(at, COMPUTED),
            Err(()) => {}
        }
        if !name.is_empty() {
            self.names.insert(name, self.stages.len());
        }
        self.stages.push(stage);
    }
}

/// What builds with the image of each stage: the stage itself, or one that begins with it. A stage begins
/// with one before it, so one look at each is enough.
fn builds(stages: &[Stage]) -> Vec<Builds> {
    // The first stage of the chain that a stage ends, and what all of the chain do.
    let mut chains: Vec<(usize, [bool; 3])> = Vec::new();
    let mut all = vec![Builds::Unknown; stages.len()];
    for (at, stage) in stages.iter().enumerate() {
        let (root, [copies, runs, switches]) =
            stage.parent.map_or((at, [false; 3]), |parent| chains[parent]);
        let copies = copies | stage.copies;
        let (runs, switches) = (runs | stage.runs, switches | stage.switches);
        chains.push((root, [copies, runs, switches]));
        if !(copies && runs) {
            continue;
        }
        let official = stages[root].image.as_ref().is_some_and(|(image, _)| image.official);
        // A build that does not switch fails, whatever the others do.
        if official && !switches {
            all[root] = Builds::Fixed;
        } else if all[root] == Builds::Unknown {
            all[root] = Builds::Switching;
        }
    }
    all
}

impl Stage {
    fn take(&mut self, line: &Instruction) {
        let text = &line.text;
        self.switches |= text.contains("GOTOOLCHAIN");
        match line.name.as_str() {
            "COPY" | "ADD" => self.copies |= !text.contains("--from="),
            "RUN" => {
                self.copies |= text.contains("type=bind") && !text.contains("from=");
                let words = [
                    " build",
                    " install ./",
                    " install .",
                    " test",
                    " vet",
                    " mod ",
                    " generate",
                    " list",
                ];
                self.runs |= words.iter().any(|word| text.contains(&["go", word].concat()));
            }
            _ => {}
        }
    }
}

/// The bytes that come from arguments, each with the argument's line.
type Origins = Vec<(Range<usize>, u32)>;

/// The line of the argument that a part of the text comes from.
fn line_of(part: &Range<usize>, origins: &Origins) -> Option<u32> {
    let meets = |bytes: &Range<usize>| bytes.start < part.end && part.start < bytes.end;
    origins.iter().find(|(bytes, _)| meets(bytes)).map(|(_, line)| *line)
}

/// The text with the defaults of arguments in the places of their names.
fn substituted(text: &str, arguments: &Arguments) -> Result<(String, Origins), ()> {
    let (mut done, mut rest, mut origins) = (String::new(), text, Origins::new());
    while let Some((before, after)) = rest.split_once('$') {
        done.push_str(before);
        let (name, default, behind) = variable(after).ok_or(())?;
        let known = arguments.get(name);
        let own = known.and_then(|(value, _)| value.as_deref()).filter(|value| !value.is_empty());
        // An argument without a default, or in terms of another one.
        let value = own.or(default).filter(|value| !value.contains('$')).ok_or(())?;
        if done.len() + value.len() > LONGEST {
            return Err(());
        }
        let start = done.len();
        done.push_str(value);
        if let Some((_, line)) = known.filter(|_| own.is_some()) {
            origins.push((start..done.len(), *line));
        }
        rest = behind;
    }
    done.push_str(rest);
    let text = unquoted(&done).to_owned();
    // Of a quotation mark at its front.
    let before = (done.len() - text.len()) / 2;
    for (bytes, _) in &mut origins {
        *bytes = bytes.start.saturating_sub(before)..bytes.end.saturating_sub(before);
    }
    Ok((text, origins))
}

/// A variable behind its dollar: its name, its default, and what follows.
fn variable(text: &str) -> Option<(&str, Option<&str>, &str)> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if let Some(inside) = text.strip_prefix('{') {
        let (inside, behind) = inside.split_once('}')?;
        let end = inside.bytes().take_while(|byte| is_name(byte)).count();
        let (name, rest) = inside.split_at(end);
        let default = match rest {
            "" => None,
            rest => Some(rest.strip_prefix(":-").or(rest.strip_prefix('-'))?),
        };
        return Some((name, default, behind));
    }
    let end = text.bytes().take_while(|byte| is_name(byte)).count();
    (end > 0).then(|| (&text[..end], None, &text[end..]))
}

fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or(inside('\'')).unwrap_or(text)
}
