//! Collects the messages of one source file: every text that reads like words, wherever it stands.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprCall, ExprMethodCall, ImplItemFn, ItemFn, ItemImpl, ItemMod, LitStr,
};
use syn::{Macro, Pat};

use super::template::{Piece, arguments, formats, last_of, literal, of_format, of_message};

/// A message, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The line of the source, from 1.
    pub(super) line: usize,
    /// What it is made of.
    pub(super) pieces: Vec<Piece>,
}

/// Functions and methods whose text is a message, be it one word.
const SPEAKERS: [&str; 15] = [
    "because",
    "confirms",
    "hint",
    "insists",
    "malformed",
    "missing",
    "note",
    "refused",
    "reject",
    "say",
    "unsure",
    "usage",
    "verbatim",
    "warning",
    "within",
];

/// Macros whose texts are for developers, or for an assembler.
const SILENT: [&str; 11] = [
    "asm",
    "assert",
    "assert_eq",
    "global_asm",
    "debug_assert",
    "debug_assert_eq",
    "include_bytes",
    "include_str",
    "macro_rules",
    "panic",
    "unreachable",
];

/// The messages of a source file, from its top to its end; those of its tests are left out.
pub(super) fn messages(source: &str) -> syn::Result<Vec<Message>> {
    let mut collector = Collector::default();
    collector.visit_file(&syn::parse_file(source)?);
    Ok(collector.found)
}

#[derive(Default)]
struct Collector {
    found: Vec<Message>,
}

impl Collector {
    fn add(&mut self, span: Span, pieces: Vec<Piece>) {
        self.found.push(Message { line: span.start().line, pieces });
    }

    fn add_words(&mut self, span: Span, pieces: Vec<Piece>) {
        if are_words(&pieces) {
            self.add(span, pieces);
        }
    }

    /// Visits the arguments of a call of `name`; a text among those of a speaker is a message.
    fn spoken<'a>(&mut self, name: &str, arguments: impl Iterator<Item = &'a Expr>) {
        for argument in arguments {
            let spoken = SPEAKERS.contains(&name).then(|| of_message(argument)).flatten();
            match spoken {
                Some(pieces) if has_letters(&pieces) && !are_words(&pieces) => {
                    self.add(span_of(argument), pieces);
                }
                _ => self.visit_expr(argument),
            }
        }
    }

    /// Texts in tokens that are no list of expressions, such as those of `tracing`'s macros.
    fn loose(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.loose(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string()) {
                        self.add_words(literal.span(), vec![Piece::Text(text.value())]);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Visit<'a> for Collector {
    fn visit_attribute(&mut self, _: &'a Attribute) {}

    fn visit_pat(&mut self, _: &'a Pat) {}

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        self.visit_expr(&call.receiver);
        let name = call.method.to_string();
        if name != "expect" {
            self.spoken(&name, call.args.iter());
        }
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        let Expr::Path(path) = &*call.func else { return visit::visit_expr_call(self, call) };
        let name = last_of(&path.path);
        if let (true, Some(action)) = (name == "io", call.args.first().and_then(literal)) {
            // `Error::io` says what cannot be done, and to which path.
            let path = Piece::Value { name: "path".to_owned(), debug: false };
            let action = Piece::Text(format!("cannot {action} "));
            self.add(span_of(&call.args[0]), vec![action, path]);
        } else {
            self.spoken(&name, call.args.iter());
        }
    }

    fn visit_macro(&mut self, made: &'a Macro) {
        let name = last_of(&made.path);
        if SILENT.contains(&name.as_str()) {
            return;
        }
        let Some(arguments) = arguments(&made.tokens) else {
            return self.loose(made.tokens.clone());
        };
        let written = ["write", "writeln"].contains(&name.as_str());
        let (to, arguments) = arguments.split_at(usize::from(written).min(arguments.len()));
        to.iter().for_each(|to| self.inner(to));
        let formatted = written || formats(&name);
        match of_format(arguments).filter(|_| formatted) {
            Some(pieces) => {
                self.add_words(span_of(&arguments[0]), pieces);
                arguments[1..].iter().for_each(|argument| self.inner(argument));
            }
            None => arguments.iter().for_each(|argument| self.inner(argument)),
        }
    }

    fn visit_lit_str(&mut self, text: &'a LitStr) {
        self.add_words(text.span(), vec![Piece::Text(text.value())]);
    }
}

impl Collector {
    /// Visits an expression that does not live as long as the file: an argument of a macro.
    fn inner(&mut self, expression: &Expr) {
        let mut inner = Collector::default();
        inner.visit_expr(expression);
        self.found.append(&mut inner.found);
    }
}

/// Where an argument that is a message begins.
fn span_of(argument: &Expr) -> Span {
    match argument {
        Expr::Lit(found) => found.lit.span(),
        Expr::Reference(inner) => span_of(&inner.expr),
        Expr::Macro(made) => {
            made.mac.path.segments.first().map_or(Span::call_site(), |first| first.ident.span())
        }
        _ => Span::call_site(),
    }
}

/// Whether an item is compiled for tests alone.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let text = list.tokens.to_string();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.clone().any(|word| word == "test") && !words.any(|word| word == "not")
    })
}

fn texts(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Value { .. } => "",
    })
}

fn has_letters(pieces: &[Piece]) -> bool {
    texts(pieces).any(|text| text.contains(|c: char| c.is_ascii_alphabetic()))
}

/// Whether this reads like words: there is a blank, and a word of two letters that are not both capitals.
fn are_words(pieces: &[Piece]) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.contains(|c: char| c.is_ascii_lowercase());
    let word = |text: &str| text.split(|c: char| !c.is_ascii_alphabetic()).any(is_word);
    texts(pieces).any(|text| text.contains(' ')) && texts(pieces).any(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages of a piece of source, with `<name>` for a value, and their lines.
    fn collected(source: &str) -> Vec<(usize, String)> {
        let found = messages(source).expect("it is Rust").into_iter();
        let text = |pieces: Vec<Piece>| {
            let texts = pieces.into_iter().map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Value { name, debug: false } => format!("<{name}>"),
                Piece::Value { name, debug: true } => format!("<{name}?>"),
            });
            texts.collect::<String>()
        };
        found.map(|message| (message.line, text(message.pieces))).collect()
    }

    #[test]
    fn texts_that_read_like_words_are_messages() {
        let source = r#"
            //! Not this one.
            fn f(name: &str) -> Error {
                let why = match name { "a b" => "is a file", _ => "none" };
                log("one"); part(b"no text");
                Error::refused(text!("{}: it {} {}", quoted(&self.path), why, size(x.len())))
                    .hint("wait")
                    .hint(format!("run: goward install {name:?}, {{}}"))
            }
        "#;
        let expected = [
            (4, "is a file"),
            (6, "<path>: it <why> <size>"),
            (7, "wait"),
            (8, "run: goward install <name?>, {}"),
        ];
        assert_eq!(collected(source), expected.map(|(line, text)| (line, text.to_owned())));
    }
}
