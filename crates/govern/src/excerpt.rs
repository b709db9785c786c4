//! Words of a stranger's, of which a person sees one line.

/// These words on one line of at most so many characters, or cut there.
#[must_use]
pub fn excerpt(words: &str, longest: usize) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut() {
        assert_eq!(excerpt(" a\n\tb  c\n", 200), "a b c");
        assert_eq!(excerpt(&"é".repeat(300), 200).chars().count(), 201);
        assert_eq!(excerpt("abc", 3), "abc");
    }
}
