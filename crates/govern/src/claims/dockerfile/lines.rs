//! The instructions of a Dockerfile: continued lines joined, comments and heredocs left out.

use std::collections::VecDeque;

/// An instruction.
pub(super) struct Instruction {
    /// Its name, in capitals.
    pub(super) name: String,
    /// All behind the name, the lines joined by blanks.
    pub(super) text: String,
    pieces: Vec<(u32, u32, String)>,
}

/// A word, and its place.
pub(super) struct Word {
    pub(super) text: String,
    /// The line, from 1.
    pub(super) line: u32,
    /// The column, from 1, in characters.
    pub(super) column: u32,
}

impl Instruction {
    /// Its first line, from 1.
    pub(super) fn line(&self) -> u32 {
        self.pieces.first().map_or(1, |(line, ..)| *line)
    }

    /// The words behind the name.
    pub(super) fn words(&self) -> impl Iterator<Item = Word> + '_ {
        self.pieces.iter().flat_map(|(line, column, text)| words(*line, *column, text))
    }
}

fn words(line: u32, column: u32, text: &str) -> Vec<Word> {
    let (mut found, mut at): (Vec<Word>, _) = (Vec::new(), column);
    let mut inside = false;
    for c in text.chars() {
        if c.is_whitespace() {
            inside = false;
        } else {
            match found.last_mut().filter(|_| inside) {
                Some(word) => word.text.push(c),
                None => found.push(Word { text: c.to_string(), line, column: at }),
            }
            inside = true;
        }
        at += 1;
    }
    found
}

/// The instructions of a file, in order.
pub(super) fn instructions(text: &str) -> Vec<Instruction> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let escape = escape_of(text);
    let (mut found, mut open): (Vec<Instruction>, Option<Instruction>) = (Vec::new(), None);
    let mut ends: VecDeque<String> = VecDeque::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some(end) = ends.front() {
            if line.trim_start_matches('\t') == end || line.trim() == end {
                ends.pop_front();
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (code, goes_on) = match trimmed.strip_suffix(escape) {
            Some(code) => (code.trim_end(), true),
            None => (trimmed, false),
        };
        let blanks = line.chars().take_while(|c| c.is_whitespace()).count();
        let column = u32::try_from(blanks).unwrap_or_default() + 1;
        let mut instruction = open.take().unwrap_or_else(|| Instruction {
            name: String::new(),
            text: String::new(),
            pieces: Vec::new(),
        });
        instruction.push(number, column, code);
        if goes_on {
            open = Some(instruction);
        } else {
            ends = instruction.heredocs().into();
            found.push(instruction);
        }
    }
    found.extend(open);
    found
}

impl Instruction {
    fn push(&mut self, line: u32, column: u32, code: &str) {
        let (mut code, mut column) = (code, column);
        if self.name.is_empty() {
            let end = code.find(char::is_whitespace).unwrap_or(code.len());
            self.name = code[..end].to_ascii_uppercase();
            column += u32::try_from(code[..end].chars().count()).unwrap_or_default();
            code = &code[end..];
        }
        self.text.push(' ');
        self.text.push_str(code);
        self.pieces.push((line, column, code.to_owned()));
    }

    /// The words that end the heredocs which begin in it.
    fn heredocs(&self) -> Vec<String> {
        if !matches!(self.name.as_str(), "RUN" | "COPY" | "ADD") {
            return Vec::new();
        }
        let mut ends = Vec::new();
        for piece in self.text.split("<<").skip(1) {
            let piece = piece.strip_prefix('-').unwrap_or(piece);
            let word = piece.split_whitespace().next().unwrap_or_default();
            let word = word.trim_matches(['"', '\'']);
            let plain = |c: char| c.is_alphanumeric() || c == '_';
            if piece.starts_with(|c: char| plain(c) || c == '"' || c == '\'')
                && !word.is_empty()
                && word.starts_with(|c: char| !c.is_ascii_digit())
                && word.chars().all(plain)
            {
                ends.push(word.to_owned());
            }
        }
        ends
    }
}

/// The character that continues a line; a directive at the top of the file may change it.
fn escape_of(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim().strip_prefix('#') else { break };
        let Some((key, value)) = comment.split_once('=') else { break };
        if key.trim().eq_ignore_ascii_case("escape") {
            return value.trim().chars().next().unwrap_or('\\');
        }
    }
    '\\'
}
