//! What an executable needs to run, by its headers alone.

/// What an executable needs, and what it brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The dynamic libraries, in the file's order.
    pub libraries: Vec<String>,
    /// The program that loads it: `/lib64/ld-linux-x86-64.so.2`.
    pub interpreter: Option<String>,
    /// The greatest version of glibc's symbols that it asks for: `2.34`.
    pub glibc_at_least: Option<String>,
    /// The kernel that its note names: `3.2.0`.
    pub kernel_at_least: Option<String>,
    /// The system's version that it names: `11.0` of macOS, `6.1` of Windows.
    pub min_os: Option<String>,
    /// The version of the linker that made it, major and minor, which PE files name: of GNU's that of the binutils.
    pub linker: Option<(u8, u8)>,
    /// Its thread-local data.
    pub tls: Tls,
    /// The stack that it asks for.
    pub stack: Stack,
    /// Whether it can be loaded at any address.
    pub pie: bool,
    /// Which tables the loader protects.
    pub relro: Relro,
    /// Whether it is a library, not a program.
    pub library: bool,
    /// Whether it is linked. What is not, as in a C archive, leaves all that it needs to the program
    /// that takes it in.
    pub linked: bool,
    /// Whether it has a table of symbols.
    pub symbols: bool,
    /// Whether it has debug information.
    pub dwarf: bool,
}

/// Thread-local data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Bytes for each thread.
    pub size: u64,
    /// Whether its place is fixed when the program starts. musl's `dlopen` refuses such a library.
    pub fixed: bool,
}

/// A stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// Whether code may run on it, where the file says so.
    pub executable: Option<bool>,
    /// Bytes; 0 leaves it to the system.
    pub size: u64,
}

/// What the loader makes read-only before the program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relro {
    /// Nothing.
    #[default]
    None,
    /// All but the table of functions.
    Partial,
    /// That table, too.
    Full,
}

impl Needs {
    /// Whether it is linked, and no dynamic library and no loader take part.
    pub fn is_static(&self) -> bool {
        self.linked && self.interpreter.is_none() && self.libraries.is_empty()
    }

    /// Whether musl loads it, or its library is musl's.
    pub fn musl(&self) -> bool {
        let loads = self.interpreter.as_deref().is_some_and(|path| path.contains("ld-musl-"));
        loads || self.libraries.iter().any(|name| name.starts_with("libc.musl-"))
    }
}

/// A greater version of dotted numbers, of two.
pub(crate) fn greater(one: Option<String>, other: String) -> Option<String> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        text.split('.').map(|number| number.parse().ok()).collect()
    };
    // What is no version may be more than every one.
    match one.map(|one| (numbers(&one), one)) {
        Some((None, one)) => Some(one),
        Some((Some(has), one)) if numbers(&other).is_some_and(|other| other <= has) => Some(one),
        _ => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        let all = ["2.2.5", "2.34", "2.9", "2.17"];
        let most = all.into_iter().fold(None, |most, one| greater(most, one.to_owned()));
        assert_eq!(most.as_deref(), Some("2.34"));
    }
}
