//! A message in pieces: the text as it is written, and the places that values fill.

use proc_macro2::TokenStream;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Block, Expr, Lit, Member, Stmt, Token};

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it is printed.
    Text(String),
    /// A value, named after the variable, the field or the function that gives it.
    Value {
        /// That name.
        name: String,
        /// Whether the value is printed as by `{:?}`.
        debug: bool,
    },
}

/// Functions that give a text for their first argument, and methods that give one for their receiver:
/// a value is named as without them.
const TRANSPARENT: [&str; 25] = [
    "as_bytes",
    "as_deref",
    "as_encoded_bytes",
    "as_ref",
    "as_str",
    "clone",
    "deref",
    "escaped",
    "from",
    "from_utf8_lossy",
    "map",
    "ok",
    "quoted",
    "redact",
    "shell_word",
    "shorten",
    "shown",
    "shown_path",
    "to_ascii_lowercase",
    "to_owned",
    "to_path",
    "to_string",
    "to_string_lossy",
    "trim",
    "unwrap_or_default",
];

/// The arguments of a macro, if these are expressions.
pub(super) fn arguments(tokens: &TokenStream) -> Option<Vec<Expr>> {
    let parsed = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
    Some(parsed.ok()?.into_iter().collect())
}

/// Whether a macro of this name makes a text of a template and of values.
pub(super) fn formats(name: &str) -> bool {
    ["format", "format_args", "text"].contains(&name)
}

/// The name of a macro or a function, without the path to it.
pub(super) fn last_of(path: &syn::Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The pieces of what `format!` or `text!` makes of its arguments.
pub(super) fn of_format(arguments: &[Expr]) -> Option<Vec<Piece>> {
    let (template, values) = arguments.split_first()?;
    let template = literal(template)?;
    let mut values = values.iter();
    let mut pieces = Vec::new();
    let mut rest = template.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        pieces.push(Piece::Text(rest[..at].to_owned()));
        let (brace, hole) = (&rest[at..=at], &rest[at + 1..]);
        if let Some(after) = hole.strip_prefix(brace) {
            pieces.push(Piece::Text(brace.to_owned()));
            rest = after;
            continue;
        }
        let (hole, after) = hole.split_once('}')?;
        let (name, format) = hole.split_once(':').unwrap_or((hole, ""));
        let debug = format.ends_with('?');
        match name {
            "" => pieces.extend(of_value(values.next()?, debug)),
            name => pieces.push(Piece::Value { name: name.to_owned(), debug }),
        }
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Some(pieces)
}

/// The pieces of a message that is an argument of its own.
pub(super) fn of_message(message: &Expr) -> Option<Vec<Piece>> {
    match message {
        Expr::Macro(made) if formats(&last_of(&made.mac.path)) => {
            of_format(&arguments(&made.mac.tokens)?)
        }
        message => Some(vec![Piece::Text(literal(message)?)]),
    }
}

/// The text of a literal.
pub(super) fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(found) => match &found.lit {
            Lit::Str(text) => Some(text.value()),
            Lit::Int(number) => Some(number.base10_digits().to_owned()),
            Lit::Char(character) => Some(character.value().to_string()),
            _ => None,
        },
        Expr::Reference(inner) => literal(&inner.expr),
        Expr::Group(inner) => literal(&inner.expr),
        _ => None,
    }
}

/// What stands for the value of an expression in a message.
fn of_value(value: &Expr, debug: bool) -> Vec<Piece> {
    if let Some(pieces) = of_message(value) {
        return pieces;
    }
    let chosen = match value {
        Expr::If(choice) => last_value(&choice.then_branch),
        Expr::Match(choice) => choice.arms.first().map(|arm| &*arm.body),
        Expr::Block(block) => last_value(&block.block),
        _ => None,
    };
    match chosen {
        Some(chosen) => of_value(chosen, debug),
        None => vec![Piece::Value { name: name_of(value), debug }],
    }
}

fn last_value(block: &Block) -> Option<&Expr> {
    match block.stmts.last()? {
        Stmt::Expr(value, None) => Some(value),
        _ => None,
    }
}

/// The name that an expression's value goes by.
fn name_of(value: &Expr) -> String {
    match value {
        Expr::Path(path) => last_of(&path.path),
        Expr::Reference(inner) => name_of(&inner.expr),
        Expr::Paren(inner) => name_of(&inner.expr),
        Expr::Unary(inner) => name_of(&inner.expr),
        Expr::Try(inner) => name_of(&inner.expr),
        Expr::Cast(inner) => name_of(&inner.expr),
        Expr::Index(inner) => name_of(&inner.expr),
        Expr::Binary(sum) => name_of(&sum.left),
        Expr::Field(field) => match &field.member {
            Member::Named(name) => name.to_string(),
            Member::Unnamed(_) => name_of(&field.base),
        },
        Expr::MethodCall(call) => match call.method.to_string() {
            name if TRANSPARENT.contains(&name.as_str()) => name_of(&call.receiver),
            name => name,
        },
        Expr::Call(call) => {
            let name = name_of(&call.func);
            let first = call.args.first().filter(|_| TRANSPARENT.contains(&name.as_str()));
            first.map_or(name, name_of)
        }
        Expr::Macro(made) => last_of(&made.mac.path),
        _ => "an expression without a name".to_owned(),
    }
}
