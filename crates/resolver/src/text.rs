//! Texts put together from pieces, as `format!` does, in a fraction of its machine code. `core::fmt`
//! needs the rest for widths, flags and other writers than a string.

use alloc::string::String;

/// A value that can be a piece of a text.
pub trait Piece {
    /// Appends it, as `Display` shows it.
    fn append(&self, text: &mut String);
}

/// As `format!`, but with nothing in braces: each `{}` of the template is the next piece.
#[macro_export]
macro_rules! text {
    ($template:expr $(, $piece:expr)* $(,)?) => {{
        const PIECES: usize = <[&str]>::len(&[$(stringify!($piece)),*]);
        const { assert!($crate::text::holes($template) == PIECES, "a piece for each hole") };
        let pieces: [&dyn $crate::text::Piece; PIECES] = [$(&$piece),*];
        $crate::text::filled($template, &pieces)
    }};
}

/// The number of pieces that a template takes.
pub const fn holes(template: &str) -> usize {
    let (bytes, mut at, mut holes) = (template.as_bytes(), 0, 0);
    while at < bytes.len() {
        holes += (bytes[at] == b'{') as usize;
        at += 1;
    }
    holes
}

/// The template with its pieces; for [`text!`](crate::text!), which counts them.
pub fn filled(template: &str, pieces: &[&dyn Piece]) -> String {
    let (mut text, mut rest) = (String::new(), template);
    for piece in pieces {
        let hole = rest.bytes().position(|byte| byte == b'{').unwrap_or(rest.len());
        text.push_str(rest.get(..hole).unwrap_or_default());
        piece.append(&mut text);
        rest = rest.get(hole + "{}".len()..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

impl Piece for str {
    fn append(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Piece for String {
    fn append(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl<P: Piece + ?Sized> Piece for &P {
    fn append(&self, text: &mut String) {
        (*self).append(text);
    }
}

impl Piece for u32 {
    fn append(&self, text: &mut String) {
        push_number(text, *self, 10, 1);
    }
}

impl Piece for i32 {
    fn append(&self, text: &mut String) {
        if *self < 0 {
            text.push('-');
        }
        push_number(text, self.unsigned_abs(), 10, 1);
    }
}

/// Has `Display` show what is a [`Piece`] the same.
macro_rules! displayed {
    ($piece:ty) => {
        impl core::fmt::Display for $piece {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&$crate::text!("{}", self))
            }
        }
    };
}
pub(crate) use displayed;

/// Appends a number to some base, with zeros in front up to so many digits.
pub(crate) fn push_number(text: &mut String, number: u32, base: u32, digits: u32) {
    if digits > 1 || number >= base {
        push_number(text, number / base, base, digits.saturating_sub(1));
    }
    text.extend(char::from_digit(number % base, base));
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn texts_are_those_of_format() {
        let (name, number) = ("x", 40u32);
        assert_eq!(text!("{}: {}, {} ö", name, number, String::from("z")), "x: 40, z ö");
        assert_eq!(text!("no piece"), "no piece");
        for number in [0u32, 7, 10, 4095, u32::MAX] {
            assert_eq!(text!("{}", number), format!("{number}"));
            let mut octal = String::new();
            push_number(&mut octal, number, 8, 4);
            assert_eq!(octal, format!("{number:04o}"));
        }
        assert_eq!(text!("{} {}", -12i32, i32::MIN), format!("-12 {}", i32::MIN));
    }
}
