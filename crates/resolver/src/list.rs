//! Lists of words, each list one text with blanks in between: a table of slices would take another
//! sixteen bytes for each word.

/// The words of a list.
pub(crate) fn words(list: &str) -> impl Iterator<Item = &[u8]> {
    list.as_bytes().split(|&b| b == b' ')
}

/// Whether `word` is one of them; the empty word is in no list.
pub(crate) fn holds(list: &str, word: &[u8]) -> bool {
    words(list).any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_held() {
        assert!(holds("a bc d", b"a") && holds("a bc d", b"bc") && holds("a bc d", b"d"));
        assert!(!["", " ", "b", "c", "a bc"].iter().any(|word| holds("a bc d", word.as_bytes())));
    }
}
