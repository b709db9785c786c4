//! What is told of Go's words where no compiler has read sources, without the pieces that it quotes of a file which it took
//! for a source.

/// Go's words, without what it, a C compiler or the assembler found in a file that it read as source: a link or
/// an include may have led it to any file.
pub(crate) fn without_texts(words: &str) -> String {
    words.lines().map(without_text).collect::<Vec<_>>().join("\n")
}

/// Behind these words C compilers and their assembler quote the file, in marks.
const BY_OTHERS: [&str; 7] = [
    ": error: ",
    ": fatal error: ",
    ": warning: ",
    ": note: ",
    ": Error: ",
    ": Warning: ",
    ": unrecognized instruction",
];
/// Behind these words Go's assembler quotes the file without marks (`cmd/asm/internal/asm`). A file may give itself any
/// name there.
const BY_ASSEMBLER: [&str; 5] = [
    ": undefined label",
    ": illegal or missing addressing mode for symbol",
    ": unexpected",
    ": unknown symbol",
    ": malformed",
];

fn without_text(line: &str) -> String {
    // What a compiler quotes is of the file: `file:1:1: error: unknown type name 'x'`, and then its line.
    if let Some(at) = BY_OTHERS.iter().filter_map(|mark| line.find(mark)).min() {
        let (place, told) = line.split_at(at);
        return match told.find(['\'', '"', '`', '\u{2018}']) {
            Some(quote) => [place, told[..quote].trim_end(), " …"].concat(),
            None => line.to_owned(),
        };
    }
    if line.trim_start().trim_start_matches(|digit: char| digit.is_ascii_digit()).starts_with(" | ")
    {
        return "…".to_owned();
    }
    let by_assembler = BY_ASSEMBLER.iter().filter_map(|mark| Some(line.find(mark)? + mark.len()));
    if let Some(end) = by_assembler.min() {
        return [&line[..end], " …"].concat();
    }
    // It quotes each word that it does not expect, of files that it includes as well.
    if let Some(place) = place_of_other(line) {
        return [place, " …"].concat();
    }
    // Go's parser stops where a file is none of Go's: `x.go:1:1: expected 'package', found x`.
    let found = [", found ", "expected "].map(|mark| line.find(mark));
    match found {
        [Some(found), Some(expected)] if expected < found => {
            [&line[..found], ", found something else"].concat()
        }
        // A constant of another file is quoted with its value.
        _ if line.contains(".go:") => without_quoted(line),
        _ => line.to_owned(),
    }
}

/// A line with nothing between its quotation marks.
fn without_quoted(line: &str) -> String {
    let (mut told, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(['"', '`']) {
        let mark = &rest[at..=at];
        let Some(end) = rest[at + 1..].find(mark) else { break };
        told.extend([&rest[..at], mark, "…", mark]);
        rest = &rest[at + 1 + end + 1..];
    }
    told + rest
}

/// The ends of names of files in which Go quotes nothing but what goward has read as such a file before.
const OF_GO: [&str; 5] = [".go", ".mod", ".work", ".sum", "modules.txt"];

/// The place at the beginning of a line that is on a file of another kind than Go's: `a/x_amd64.s:5:`.
fn place_of_other(line: &str) -> Option<&str> {
    let (file, rest) = line.split_once(':').filter(|(file, _)| !file.is_empty())?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let is_place = digits > 0 && rest[digits..].starts_with([':', ' ']);
    let is_of_go = OF_GO.iter().any(|end| file.ends_with(end));
    (is_place && !is_of_go).then(|| &line[..file.len() + 1 + digits + 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_source_file_is_not_told() {
        let words =
            "go: m imports\n\tx: x.go:1:1: expected 'package', found tangerine\nx: expected it";
        let told = "go: m imports\n\tx: x.go:1:1: expected 'package', found something else\nx: expected it";
        assert_eq!(without_texts(words), told);
        let words = "# m\na.c:1:1: error: unknown type name 'hunter2'\n./a.s:1: unrecognized instruction \"hunter2\"\n\
            a.c:2:1: error: expected ';' before 'hunter2'\n    2 | hunter2 x\nx.go:3:1: undefined: slices.Max";
        let told = without_texts(words);
        assert!(!told.contains("hunter2") && told.contains("unknown type name …"), "{told}");
        for (words, told) in [
            // As `go list -e` has it, without a place.
            ("expected 'package', found hunter2", "expected 'package', found something else"),
            ("a/x.s:5: undefined label hunter2", "a/x.s:5: undefined label …"),
            ("x.go:10: undefined label hunter2", "x.go:10: undefined label …"),
            ("./c.go:5:9: note: '#pragma message: hunter2'", "./c.go:5:9: note: …"),
            (
                "./z.go:1: Error: no such instruction: `hunter2'",
                "./z.go:1: Error: no such instruction: …",
            ),
            (
                "./m.go:3:5: cannot use T (untyped string constant \"hunter2\") as int value",
                "./m.go:3:5: cannot use T (untyped string constant \"…\") as int value",
            ),
            (
                "../secret:1:7: unexpected hunter2 evaluating expression",
                "../secret:1:7: unexpected …",
            ),
            ("../secret:1:7: hunter2 is odd", "../secret:1: …"),
            ("go: m needs go 1.25", "go: m needs go 1.25"),
            ("x.go:9: unexpected hunter2 evaluating expression", "x.go:9: unexpected …"),
            ("/p/1.mod:7: removed GODEBUG \"x\"", "/p/1.mod:7: removed GODEBUG \"x\""),
            ("vet: ./x.go:7:12: undefined: A", "vet: ./x.go:7:12: undefined: A"),
        ] {
            assert_eq!(without_texts(words), told);
        }
        assert!(told.ends_with("\nx.go:3:1: undefined: slices.Max"), "{told}");
    }
}
