//! Dockerfiles: the images of Go that stages begin with or copy from.

mod lines;
mod stage;

use super::image::Image;
use super::means::{Means, chained};
use super::{Builds, COMPUTED, Claim, ClaimKind, Claims, NO_VERSION, Said, Uses};
use crate::finding::{Place, Related};
use crate::repo::{Repository, directory_of, name_of};
use lines::{Instruction, Word, instructions};
use stage::{Context, Stage};
use std::collections::HashMap;

/// The most stages of a file.
const MOST_STAGES: usize = 1_000;
/// The longest name of an image, in bytes.
const LONGEST: usize = 4 << 10;
/// The most arguments among which the default of one may refer to others.
const MOST_ARGUMENTS: usize = 100;
/// The longest default that refers to others, in bytes.
const LONGEST_DEFAULT: usize = 512;

/// A stage, and what it begins with.
#[derive(Default)]
struct Begun {
    stage: Stage,
    /// The first stage of its chain: the stage itself, or one that it begins with.
    root: usize,
    /// The image of Go that it begins with, the place of its version, and that of its FROM.
    image: Option<(Image, Place, Place)>,
    /// What is built with its image, by itself or by a stage that begins with it, and where.
    built: Option<Uses>,
}

/// Each ARG before the first FROM, with its default.
type Arguments = HashMap<String, Option<Means>>;

/// Adds the claims of a file.
pub(super) fn read(claims: &mut Claims, repository: &Repository, (path, bytes): (&str, &[u8])) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return claims.unreadable(path, 1, "not UTF-8 text");
    };
    let (arguments, names) = (Arguments::new(), HashMap::new());
    let earth = name_of(path) == "Earthfile";
    let context = Context { repository, directory: directory_of(path) };
    let mut file =
        File { path, context, earth, begins: false, arguments, stages: Vec::new(), names };
    let mut fresh = Claims::default();
    for instruction in instructions(text) {
        // A FROM begins one, and so does a target of an Earthfile.
        file.take(&mut fresh, &instruction);
        if file.stages.len() > MOST_STAGES {
            return claims.unreadable(path, instruction.line(), "more than 1,000 stages");
        }
    }
    claims.append(fresh);
    for stage in file.stages {
        let Some((image, at, from)) = stage.image else { continue };
        let Some(says) = image.says else {
            claims.open(at, NO_VERSION);
            continue;
        };
        let uses = stage.built.unwrap_or_else(|| Uses::one(Builds::Unknown, directory_of(path)));
        let used =
            (at.line != from.line).then(|| Related { at: from, note: "used here".to_owned() });
        claims.claims.push(Claim {
            kind: ClaimKind::Image,
            said: vec![Said { text: image.text, says, at, tied: image.tied }],
            uses: uses.at(used.as_ref()),
        });
    }
}

struct File<'f> {
    path: &'f str,
    context: Context<'f>,
    /// Whether its stages are targets of Earthly.
    earth: bool,
    /// Whether a target has begun, and no FROM has followed.
    begins: bool,
    arguments: Arguments,
    stages: Vec<Begun>,
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
                        let before = word.text[..before].chars().count();
                        let column = word.column + u32::try_from(before).unwrap_or_default();
                        let of = Word { text: value.to_owned(), line: word.line, column };
                        default_of(&of, &self.arguments)
                    });
                    self.arguments.insert(name.to_owned(), means);
                }
            }
            target if self.earth && target.ends_with(':') => {
                self.begins = true;
                let name = ["+", &target[..target.len() - 1]].concat().to_lowercase();
                self.names.insert(name, self.stages.len());
                self.begin(self.stages.first().map(|_| 0));
            }
            "FROM" => self.from(claims, line),
            _ => {
                self.inside(line);
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
                said: vec![Said { text: image.text, says, at, tied: image.tied }],
                uses: Uses::one(Builds::Doubtful, directory_of(self.path)),
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
        let (mut parent, mut begins) = (None, None);
        let end = image.column + u32::try_from(image.text.chars().count()).unwrap_or_default();
        let from = Place::part(self.path, image.line, image.column..end);
        match substituted(&image, &self.arguments) {
            Ok(means) => {
                parent = self.names.get(&means.text.to_lowercase()).copied();
                if parent.is_none() {
                    begins = Image::parse(&means.text).map(|image| {
                        let at = means.place(self.path, image.range.clone());
                        (image, at, from)
                    });
                }
            }
            Err(()) if self.may_be_of_go(&image.text) => claims.open(from, COMPUTED),
            Err(()) => {}
        }
        if std::mem::take(&mut self.begins) {
            // The target begins with this, and not as the recipe before all targets ends.
            self.stages.pop();
        }
        if !name.is_empty() {
            self.names.insert(name, self.stages.len());
        }
        self.begin(parent);
        if let Some(stage) = self.stages.last_mut() {
            stage.image = begins;
        }
    }

    /// Whether a name of which a part is not known, or an argument in it, names an image of Go.
    fn may_be_of_go(&self, name: &str) -> bool {
        let few = self.arguments.len() < MOST_ARGUMENTS;
        let mut arguments = self.arguments.iter().filter(|_| few);
        let is_golang = |(argument, value): (&String, &Option<Means>)| {
            name.contains(argument.as_str())
                && value.as_ref().is_some_and(|value| value.text.contains("golang"))
        };
        name.contains("golang") || arguments.any(is_golang)
    }

    /// Begins a stage with the end of another one.
    fn begin(&mut self, parent: Option<usize>) {
        let root = self.stages.len();
        // A target that has no recipe may stand where its parent was.
        let parent = parent.and_then(|parent| self.stages.get(parent));
        self.stages.push(match parent {
            Some(Begun { stage, root, .. }) => {
                Begun { stage: stage.clone(), root: *root, ..Begun::default() }
            }
            None => Begun { root, ..Begun::default() },
        });
    }

    /// An instruction of the last stage.
    fn inside(&mut self, line: &Instruction) {
        let Some(root) = self.stages.last().map(|stage| stage.root) else { return };
        let image = self.stages.get(root).and_then(|root| root.image.as_ref());
        let official = image.is_some_and(|(image, ..)| image.official);
        let Some(last) = self.stages.last_mut() else { return };
        let new = last.stage.take(self.context, line, official);
        if let (Some(root), Some(new)) = (self.stages.get_mut(root), new) {
            match &mut root.built {
                Some(uses) => uses.add(new),
                none => *none = Some(new),
            }
        }
    }
}

/// The default of an argument, which may be in terms of those before it. One that is not known keeps its dollar.
fn default_of(word: &Word, arguments: &Arguments) -> Means {
    let refers = word.text.contains('$');
    let known = (!refers || arguments.len() < MOST_ARGUMENTS).then(|| substituted(word, arguments));
    let known = known.and_then(Result::ok);
    let known = known.filter(|means| !refers || means.text.len() <= LONGEST_DEFAULT);
    known.unwrap_or_else(|| Means::written(&word.text, word.line, word.column))
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
        // An argument without a default, or with one that is not known.
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
