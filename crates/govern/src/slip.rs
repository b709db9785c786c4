//! Names that were mistyped.

/// Whether `typed` differs from `name` by few letters: missing, added, exchanged or other ones.
pub fn is_slip(typed: &str, name: &str) -> bool {
    let most = (name.chars().count() / 3).clamp(1, 2);
    // A file of a stranger's may have a name without end, and to compare takes its length times the other's.
    typed.len() <= 4 * (name.len() + most) && strsim::osa_distance(typed, name) <= most
}

/// A question for the name that was meant, as the end of a sentence; empty if none is near.
pub fn meant<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let near = names.into_iter().filter(|name| is_slip(typed, name));
    let nearest = near.min_by_key(|name| strsim::osa_distance(typed, name));
    nearest.map_or(String::new(), |name| format!("; did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let names = ["minimum", "pins", "rules"];
        assert_eq!(meant("minimun", names), "; did you mean minimum?");
        assert_eq!(meant("rule", names), "; did you mean rules?");
        assert_eq!(meant("nothing", names), "");
        // Of two slips the nearer one.
        assert_eq!(meant("claim", ["claims-x", "claims"]), "; did you mean claims?");
        assert_eq!(meant("", names), "");
        // A typed name has no end in sight.
        assert_eq!(meant(&"x".repeat(1 << 26), names), "");
    }
}
