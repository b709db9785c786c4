//! The ends of names of sources.

use std::path::Path;

/// The files that Go, or a compiler for it, opens by the ends of their names (go/build/build.go: `fileListForExt`).
const SOURCES: [&str; 20] = [
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S",
    "sx", "swig", "swigcxx", "syso",
];

/// Whether a file is a source by the end of its name.
pub(crate) fn is_source_name(name: &Path) -> bool {
    SOURCES.iter().any(|end| has_end(name, end))
}

/// Whether the name has this end.
pub(crate) fn has_end(name: &Path, end: &str) -> bool {
    name.extension().is_some_and(|of| of == end)
}
