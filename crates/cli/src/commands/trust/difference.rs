//! What changed in a file, line by line.

/// The lines of `old` and `new`, marked `-`, `+` or ` `, by their longest common subsequence.
/// Files of thousands of lines, which no honest `.goenv` has, are shown as all old, all new.
pub(crate) fn difference<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if a.len() * b.len() > 1 << 20 {
        let (old, new) = (a.into_iter().map(|line| ('-', line)), b.into_iter());
        return old.chain(new.map(|line| ('+', line))).collect();
    }
    let width = b.len() + 1;
    let mut common = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = match a[i] == b[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(('-', a[i]));
            i += 1;
        } else {
            lines.push(('+', b[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_line_by_line() {
        let marked = |old, new| {
            let lines = difference(old, new).into_iter();
            lines.map(|(mark, line)| format!("{mark}{line}")).collect::<Vec<_>>()
        };
        assert_eq!(marked("a\nb\nc\n", "a\nx\nc\nd\n"), [" a", "-b", "+x", " c", "+d"]);
        assert_eq!(marked("", "a\n"), ["+a"]);
        assert_eq!(marked("a\n", ""), ["-a"]);
    }
}
