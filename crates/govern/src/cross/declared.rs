//! The names that a Go file declares for others, found by its words alone: what does not parse is read as well.

/// What a file declares.
#[derive(Default)]
pub(super) struct Names {
    /// The names of functions and methods, of types, variables and constants, and of fields.
    pub(super) all: Vec<String>,
    /// Whether a function `main` is among them.
    pub(super) has_main: bool,
}

/// The names that a file declares.
pub(super) fn names(text: &str) -> Names {
    let mut reader = Reader::default();
    for word in words(text) {
        reader.take(word);
    }
    reader.names
}

/// A word of the language, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'t> {
    Name(&'t str),
    Mark(char),
    End,
}

/// What a declaration is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// None.
    Nothing,
    /// A function, before its name.
    Function,
    /// Types, variables or constants; whether they stand in brackets, and whether a value has begun.
    Others { grouped: bool, has_value: bool },
}

struct Reader {
    within: Within,
    depth: usize,
    /// Whether the next name is declared.
    begins: bool,
    /// Whether the function is a method.
    is_method: bool,
    names: Names,
}

impl Default for Reader {
    fn default() -> Reader {
        let (within, names) = (Within::Nothing, Names::default());
        Reader { within, depth: 0, begins: false, is_method: false, names }
    }
}

impl Reader {
    fn take(&mut self, word: Word<'_>) {
        match word {
            Word::Name("func") if self.depth == 0 => {
                (self.within, self.is_method) = (Within::Function, false);
            }
            Word::Name("type" | "var" | "const") if self.depth == 0 => {
                self.within = Within::Others { grouped: false, has_value: false };
                self.begins = true;
            }
            Word::Name(name) => self.name(name),
            Word::Mark(mark) => self.mark(mark),
            Word::End => self.end(),
        }
    }

    fn name(&mut self, name: &str) {
        match self.within {
            Within::Function if self.depth == 0 => {
                self.names.has_main |= name == "main" && !self.is_method;
                self.names.all.push(name.to_owned());
                self.within = Within::Nothing;
            }
            Within::Others { .. } if self.begins => {
                self.names.all.push(name.to_owned());
                self.begins = false;
            }
            _ => {}
        }
    }

    fn mark(&mut self, mark: char) {
        match mark {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.is_method |= self.within == Within::Function;
        let Within::Others { grouped, has_value } = &mut self.within else { return };
        match mark {
            '(' if self.depth == 1 && self.begins => *grouped = true,
            ')' if self.depth == 0 => self.within = Within::Nothing,
            '=' => *has_value = true,
            // Of several names, and of fields.
            ',' | '{' | ';' => self.begins = !*has_value,
            _ => {}
        }
    }

    /// The end of a line, which ends what is not in brackets.
    fn end(&mut self) {
        let Within::Others { grouped, has_value } = &mut self.within else { return };
        let is_item = self.depth == usize::from(*grouped);
        match (is_item, *grouped, self.begins) {
            // A name is still to come.
            (true, false, true) => {}
            (true, false, false) => self.within = Within::Nothing,
            _ => {
                *has_value = *has_value && !is_item;
                self.begins = !*has_value;
            }
        }
    }
}

/// The words of a file, without its comments and texts.
fn words(text: &str) -> Vec<Word<'_>> {
    let (mut words, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '\n' => (Some(Word::End), 1),
            '/' if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => {
                (None, rest[2..].find("*/").map_or(rest.len(), |at| at + 4))
            }
            '"' | '\'' | '`' => (None, quoted(rest, first)),
            c if is_of_name(c) => {
                let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
                (Some(Word::Name(&rest[..end])), end)
            }
            c => ((!c.is_whitespace()).then_some(Word::Mark(c)), c.len_utf8()),
        };
        words.extend(word);
        rest = &rest[length..];
    }
    words
}

/// The length of the text that begins here, in bytes, to its mark, or to the end of its line.
fn quoted(rest: &str, mark: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' if mark != '`' => return at,
            '\\' if mark != '`' => is_escaped = !is_escaped,
            c if c == mark && !is_escaped => return at + 1,
            _ => is_escaped = false,
        }
    }
    rest.len()
}

/// Whether a character may be of a name.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_layout() {
        for (text, expected) in [
            ("func A() {\n\tx := 1\n\tvar y int\n}\n", "A"),
            ("import \"C\"; func Z() {}", "Z"),
            ("func /* x */ (h *H[T]) Close() error { return err }", "Close"),
            ("func Open[T any](name T) *H { return nil }", "Open"),
            (
                "var ( // handles\n\tA, B = f(1, 2)\n\tC = g(\n\t\tx,\n\t)\n\tD int\n)\nvar E",
                "A B C D E",
            ),
            ("var X,\n\tY = 1, 2\nvar Z = func() {\n\ti := 1\n}\n", "X Y Z"),
            ("const One, Two = 1, 2 // const Three\n", "One Two"),
            (
                "type H struct { // handle\n\tcode int\n\ta, b string `json:\"c\"`\n}\n",
                "H code a b",
            ),
            ("type I interface {\n\tM(x int) error\n}\ntype (\n\tP = Q\n\tR int\n)", "I M P R"),
            (
                "var s = \"func No() {\"\nvar r = '\\''\nvar t = `\nfunc No()\n`\nfunc Yes()",
                "s r t Yes",
            ),
            ("/* func No() */ // var No\n\"broken", ""),
        ] {
            assert_eq!(names(text).all.join(" "), expected, "{text}");
        }
        assert!(names("func main() {}").has_main);
        assert!(!names("func (T) main() {}\ntype T struct {\n\tmain int\n}\n").has_main);
    }
}
