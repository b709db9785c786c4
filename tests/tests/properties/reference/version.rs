//! Versions, as the documentation of Go's `go/version` describes them.

/// The parts of a version. Numbers are decimal text without leading zeros. Compared part by part
/// it is Go's order: an absent part is less than any that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: Number,
    pub(crate) minor: Number,
    patch: Option<Number>,
    kind: String,
    pre: Option<Number>,
    /// How many numbers were written before any prerelease.
    numbers: Written,
}

/// A number of any length: its digits behind zeros, so that text compares as numbers do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(String);

/// How many numbers a version was written with, which its order does not know.
#[derive(Clone, Copy, Debug)]
struct Written(usize);

impl PartialEq for Written {
    fn eq(&self, _: &Written) -> bool {
        true
    }
}
impl Eq for Written {}
impl PartialOrd for Written {
    fn partial_cmp(&self, other: &Written) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Written {
    fn cmp(&self, _: &Written) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

fn number(digits: &str) -> Option<Number> {
    let canonical = digits == "0" || !digits.starts_with('0');
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    (canonical && all_digits).then(|| Number(format!("{digits:0>64}")))
}

/// `1`, `1.22`, `1.22.10` or `1.23rc1`, of at most 64 bytes.
pub(crate) fn parse(text: &str) -> Option<Version> {
    if text.len() > 64 {
        return None;
    }
    let fields: Vec<&str> = text.split('.').collect();
    let (numbers, prerelease) = match fields[..] {
        [_, minor] if minor.contains(|c: char| c.is_ascii_lowercase()) => {
            let at = minor.find(|c: char| c.is_ascii_lowercase())?;
            (vec![fields[0], &minor[..at]], Some(&minor[at..]))
        }
        [_] | [_, _] | [_, _, _] => (fields.clone(), None),
        _ => return None,
    };
    let parsed: Vec<Number> = numbers.iter().map(|n| number(n)).collect::<Option<_>>()?;
    let zero = || number("0").expect("zero is a number");
    let (kind, pre) = match prerelease {
        None => (String::new(), None),
        Some(text) => {
            let letters: String = text.chars().take_while(char::is_ascii_lowercase).collect();
            let digits = &text[letters.len()..];
            let pre = if digits.is_empty() { None } else { Some(number(digits)?) };
            (letters, pre)
        }
    };
    let minor = parsed.get(1).cloned().unwrap_or_else(zero);
    // Until 1.20 a missing patch was the first release; since 1.21 it makes a language version.
    let old = parsed.len() == 1 || (prerelease.is_none() && minor < number("21")?);
    let patch = parsed.get(2).cloned().or(old.then(zero));
    let numbers = Written(parsed.len());
    Some(Version { major: parsed[0].clone(), minor, patch, kind, pre, numbers })
}

impl Version {
    /// `1.23rc1`.
    pub(crate) fn is_prerelease(&self) -> bool {
        !self.kind.is_empty()
    }

    /// `1.22`, which is no release but all of them.
    pub(crate) fn is_language(&self) -> bool {
        self.patch.is_none() && !self.is_prerelease()
    }

    /// The language version that it belongs to.
    pub(crate) fn language(&self) -> Version {
        let old = *self < parse("1.21").expect("it is a version");
        let patch = number("0").filter(|_| old);
        let (kind, pre, numbers) = (String::new(), None, Written(2));
        Version { patch, kind, pre, numbers, ..self.clone() }
    }

    /// The first release of a language version; any other is itself.
    pub(crate) fn first_release(&self) -> Version {
        let zero = number("0").filter(|_| self.is_language());
        Version { patch: self.patch.clone().or(zero), ..self.clone() }
    }

    /// Whether it was written as two numbers and nothing else.
    pub(crate) fn has_two_numbers(&self) -> bool {
        self.numbers.0 == 2 && !self.is_prerelease()
    }

    /// How many numbers it was written with.
    pub(crate) fn numbers(&self) -> usize {
        self.numbers.0
    }

    /// Whether both are of one minor.
    pub(crate) fn same_minor(&self, other: &Version) -> bool {
        self.major == other.major && self.minor == other.minor
    }
}
