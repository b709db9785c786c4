//! How large functions are.

use crate::{read, rust_files};
use syn::visit::{self, Visit};

/// How many parameters a function may have besides `self`. Of more, some travel together, and that is
/// a value with a name.
const MOST_PARAMETERS: usize = 4;

/// How many lines a function may have. More do not fit a screen.
const MOST_LINES: usize = 60;

#[test]
fn functions_are_small() {
    let (mut seen, mut large) = (0, Vec::new());
    for path in rust_files().iter().filter(|path| !path.starts_with("tests")) {
        for Function { name, parameters, lines } in functions(&read(path)) {
            if parameters > MOST_PARAMETERS || lines > MOST_LINES {
                let place = path.display();
                large.push(format!("{place}: {name}: {lines} lines, {parameters} parameters"));
            }
            seen += 1;
        }
    }
    assert!(large.is_empty(), "at most {MOST_LINES} and {MOST_PARAMETERS}: {large:#?}");
    assert!(seen > 1000, "this test has lost its functions: {seen}");
}

#[test]
fn functions_are_measured() {
    let text = "fn a() {} impl X { fn b(&self, x: u8,) {\n} }
                trait T { fn c<F: Fn(u8, u8) -> u8>(&mut self, f: F, (x, y): (u8, u8)); }
                mod tests { fn d(map: Map<u8, u8>, f: impl Fn(&str) -> bool, last: &'a [u8])\n{\n} }";
    let found = functions(text).into_iter().map(|one| (one.name, one.parameters, one.lines));
    let wanted = [("a", 0, 1), ("b", 1, 2), ("c", 2, 1), ("d", 3, 3)];
    assert!(found.eq(wanted.map(|(name, parameters, lines)| (name.to_owned(), parameters, lines))));
}

/// A function, a method or the declaration of one.
struct Function {
    name: String,
    /// Besides `self`.
    parameters: usize,
    lines: usize,
}

/// The functions of a source file, in order.
fn functions(text: &str) -> Vec<Function> {
    let mut found = Functions(Vec::new());
    found.visit_file(&syn::parse_file(text).expect("our sources are Rust"));
    found.0
}

struct Functions(Vec<Function>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, end: proc_macro2::Span) {
        let own = |input: &&syn::FnArg| !matches!(input, syn::FnArg::Receiver(_));
        self.0.push(Function {
            name: signature.ident.to_string(),
            parameters: signature.inputs.iter().filter(own).count(),
            lines: end.end().line - signature.fn_token.span.start().line + 1,
        });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, function.block.brace_token.span.close());
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, function.block.brace_token.span.close());
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        let semicolon = function.semi_token.as_ref().map(|token| token.span);
        let body = function.default.as_ref().map(|block| block.brace_token.span.close());
        self.add(&function.sig, body.or(semicolon).expect("it has one of both"));
        visit::visit_trait_item_fn(self, function);
    }
}
