//! Dockerfiles: the images of Go that stages begin with or copy from.

mod lines;

use super::commands::Commands;
use super::image::Image;
use super::means::{Means, chained};
use super::switch::Switch;
use super::{Builds, COMPUTED, Claim, ClaimKind, Claims, NO_VERSION, Said};
use crate::finding::{Place, Related};
use crate::repo::{directory_of, name_of};
use lines::{Instruction, Word, instructions};
use std::collections::HashMap;

/// The most stages of a file.
const MOST_STAGES: usize = 1_000;
/// The longest name of an image, in bytes.
const LONGEST: usize = 4 << 10;

/// A stage.
#[derive(Default)]
struct Stage {
    /// The stage before that it begins with.
    parent: Option<usize>,
    /// The image of Go that it begins with, the place of its version, and that of its FROM.
    image: Option<(Image, Place, Place)>,
    /// Whether it has files of the build's context.
    copies: bool,
    /// Whether it runs Go.
    runs: bool,
    /// What it says about GOTOOLCHAIN.
    switch: Switch,
}

/// Each ARG before the first FROM, with its default.
type Arguments = HashMap<String, Option<Means>>;

/// Adds the claims of a file.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return claims.unreadable(path, 1, "not UTF-8 text");
    };
    let (arguments, names) = (Arguments::new(), HashMap::new());
    let earth = name_of(path) == "Earthfile";
    let mut file = File { path, earth, begins: false, arguments, stages: Vec::new(), names };
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
        let Some((image, at, from)) = stage.image else { continue };
        let Some(says) = image.says else {
            claims.open(at, NO_VERSION);
            continue;
        };
        let used =
            (at.line != from.line).then(|| Related { at: from, note: "used here".to_owned() });
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
    /// Whether its stages are targets of Earthly.
    earth: bool,
    /// Whether a target has begun, and no FROM has followed.
    begins: bool,
    arguments: Arguments,
    stages: Vec<Stage>,
    /// The last stage of each name.
    names: HashMap<String, usize>,
}

impl File<'_> {
    fn take(&mut self, claims: &mut Claims, line: &Instruction) {
        match line.name.as_str() {
            "ARG" if self.stages.is_empty() || self.earth => {
                for word in line.words().filter(|word| !word.text.starts_with("--")) {
                    let (name, value) = match word.text.split_once('=') {
                        Some((name, value)) => (name, Some(value)),
                        None => (word.text.as_str(), None),
                    };
                    let before = word.text.len() - value.map_or(0, str::len);
                    let means = value.map(|value| {
                        let value = unquoted(value);
                        let quote = (word.text.len() - before - value.len()) / 2;
                        let before = word.text[..before].chars().count() + quote;
                        let column = word.column + u32::try_from(before).unwrap_or_default();
                        Means::written(value, word.line, column)
                    });
                    self.arguments.insert(name.to_owned(), means);
                }
            }
            target if self.earth && target.ends_with(':') => {
                self.begins = true;
                let name = ["+", &target[..target.len() - 1]].concat().to_lowercase();
                let parent = self.stages.first().map(|_| 0);
                self.names.insert(name, self.stages.len());
                self.stages.push(Stage { parent, ..Stage::default() });
            }
            "FROM" => self.from(claims, line),
            _ => {
                let Some(stage) = self.stages.last_mut() else { return };
                stage.take(line);
                if line.name == "COPY" {
                    self.copied(claims, line);
                }
            }
        }
    }

    /// The image that files are copied from, if it is no stage.
    fn copied(&self, claims: &mut Claims, line: &Instruction) {
        for word in line.words() {
            let Some(image) = word.text.strip_prefix("--from=") else { continue };
            let column = word.column + 7;
            let of = Word { text: image.to_owned(), line: word.line, column };
            let Ok(means) = substituted(&of, &self.arguments) else { continue };
            if self.names.contains_key(&means.text.to_lowercase()) {
                continue;
            }
            let Some(image) = Image::parse(&means.text) else { continue };
            let at = means.place(self.path, image.range.clone());
            let Some(says) = image.says else {
                claims.open(at, NO_VERSION);
                continue;
            };
            // Another image has the Go of that one, without its variables.
            claims.claims.push(Claim {
                kind: ClaimKind::Image,
                said: vec![Said { text: image.text, says, at }],
                directory: directory_of(self.path).to_owned(),
                builds: Builds::Doubtful,
                used: None,
            });
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
        let from = Place::part(self.path, image.line, image.column..end);
        match substituted(&image, &self.arguments) {
            Ok(means) => {
                stage.parent = self.names.get(&means.text.to_lowercase()).copied();
                if stage.parent.is_none() {
                    stage.image = Image::parse(&means.text).map(|image| {
                        let at = means.place(self.path, image.range.clone());
                        (image, at, from)
                    });
                }
            }
            Err(()) if image.text.contains("golang") => claims.open(from, COMPUTED),
            Err(()) => {}
        }
        if std::mem::take(&mut self.begins) {
            // The target begins with this, and not as the recipe before all targets ends.
            self.stages.pop();
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
    let mut chains: Vec<(usize, [bool; 2], Switch)> = Vec::new();
    let mut all = vec![Builds::Unknown; stages.len()];
    for (at, stage) in stages.iter().enumerate() {
        let (root, [copies, runs], switch) =
            stage.parent.map_or((at, [false; 2], Switch::Unsaid), |parent| chains[parent]);
        let (copies, runs) = (copies | stage.copies, runs | stage.runs);
        let switch = stage.switch.or(switch);
        chains.push((root, [copies, runs], switch));
        if !(copies && runs) {
            continue;
        }
        let official = stages[root].image.as_ref().is_some_and(|(image, ..)| image.official);
        // A build that does not switch fails, whatever the others do.
        if switch.stays(official) {
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
        self.switch = Switch::of_text(text).or(self.switch);
        match line.name.as_str() {
            "COPY" | "ADD" => {
                let artifact = text.trim_start().starts_with('+');
                self.copies |= !text.contains("--from=") && !artifact;
            }
            "RUN" => {
                self.copies |= text.contains("type=bind") && !text.contains("from=");
                self.runs |= Commands::of(text).go;
            }
            _ => {}
        }
    }
}

/// The text with the defaults of arguments in the places of their names.
fn substituted(word: &Word, arguments: &Arguments) -> Result<Means, ()> {
    let text = unquoted(&word.text);
    let quote = u32::try_from((word.text.len() - text.len()) / 2).unwrap_or_default();
    let written = |part: &str| {
        let before = part.as_ptr() as usize - text.as_ptr() as usize;
        let before = u32::try_from(text[..before].chars().count()).unwrap_or_default();
        Means::written(part, word.line, word.column + quote + before)
    };
    let (mut pieces, mut rest, mut length) = (Vec::new(), text, text.len());
    while let Some((before, after)) = rest.split_once('$') {
        pieces.push(written(before));
        let (name, default, behind) = variable(after).ok_or(())?;
        let own = arguments.get(name).and_then(|value| value.clone());
        let own = own.filter(|value| !value.text.is_empty());
        // An argument without a default, or in terms of another one.
        let value = own.or_else(|| default.map(written));
        let value = value.filter(|value| !value.text.contains('$')).ok_or(())?;
        length += value.text.len();
        if length > LONGEST {
            return Err(());
        }
        pieces.push(value);
        rest = behind;
    }
    pieces.push(written(rest));
    Ok(chained(&pieces))
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
