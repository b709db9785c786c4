//! A file with the meaning of its lines: `parseToFile` and `ParseWork` of x/mod's rule.go and
//! work.go.

use crate::directive::{Exclude, Godebug, Module, Path, Replace, Require, Retract, Single};
use crate::error::{Error, Refused};
use crate::line::{self, Block, Context};
use crate::rules::Rules;
use crate::syntax::{Form, Line, Statement, Syntax};
use std::cell::OnceCell;

/// A `go.mod` or `go.work`, read by its [`Rules`].
#[derive(Clone, Debug)]
pub struct File {
    /// The module; only in a `go.mod`.
    pub module: Option<Module>,
    /// The go line.
    pub go: Option<Single>,
    /// The toolchain line.
    pub toolchain: Option<Single>,
    /// The `godebug` directives, in order, as all lists here.
    pub godebug: Vec<Godebug>,
    /// The `require` directives; only in a `go.mod`.
    pub require: Vec<Require>,
    /// The `exclude` directives; only in a `go.mod`.
    pub exclude: Vec<Exclude>,
    /// The `replace` directives.
    pub replace: Vec<Replace>,
    /// The `retract` directives; only in a `go.mod`.
    pub retract: Vec<Retract>,
    /// The `tool` directives; only in a `go.mod`.
    pub tool: Vec<Path>,
    /// The `ignore` directives; only in a `go.mod`.
    pub ignore: Vec<Path>,
    /// The `use` directives; only in a `go.work`.
    pub uses: Vec<Path>,
    pub(crate) syntax: Syntax,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// An error for each line that Go would refuse by these rules, or the first error of syntax.
    pub fn parse(source: impl Into<Vec<u8>>, rules: Rules) -> Result<File, Refused> {
        File::of(Syntax::parse(source, rules)?)
    }

    /// Reads the lines of a file from its structure.
    ///
    /// # Errors
    /// An error for each line that Go would refuse by the rules of the structure.
    pub fn of(syntax: Syntax) -> Result<File, Refused> {
        let mut reader = Reader { file: File::empty(&syntax), syntax: &syntax, errors: Vec::new() };
        for statement in &syntax.statements {
            reader.statement(statement);
        }
        let Reader { mut file, errors, .. } = reader;
        if errors.is_empty() {
            file.syntax = syntax;
            return Ok(file);
        }
        Err(Refused::new(syntax.rules.kind, errors))
    }

    fn empty(syntax: &Syntax) -> File {
        let (module, go, toolchain, godebug, require) = Default::default();
        let (exclude, replace, retract, tool, ignore, uses) = Default::default();
        let syntax = Syntax::empty(syntax.rules);
        File {
            module,
            go,
            toolchain,
            godebug,
            require,
            exclude,
            replace,
            retract,
            tool,
            ignore,
            uses,
            syntax,
        }
    }

    /// The file's structure.
    #[must_use]
    pub fn syntax(&self) -> &Syntax {
        &self.syntax
    }

    /// The file's structure, to edit it.
    #[must_use]
    pub fn into_syntax(self) -> Syntax {
        self.syntax
    }
}

struct Reader<'a> {
    syntax: &'a Syntax,
    file: File,
    errors: Vec<Error>,
}

impl<'a> Reader<'a> {
    fn rules(&self) -> Rules {
        self.syntax.rules
    }

    fn refuse(&mut self, at: &Line, words: String) {
        if self.errors.len() < Refused::MOST {
            self.errors.push(Error::new(at.start, words));
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let lines = self.syntax.lines_of(statement);
        match &statement.form {
            Form::Comments => {}
            Form::Line => {
                for line in lines {
                    let words: Vec<_> = self.syntax.words(&line.words).collect();
                    if let Some((verb, words)) = words.split_first() {
                        self.line(Context { syntax: self.syntax, block: None, line, verb, words });
                    }
                }
            }
            Form::Block(header) => {
                let mut words = self.syntax.words(header);
                let (verb, more) = (words.next().unwrap_or_default(), words.len() > 0);
                if more || !self.rules().in_blocks(verb) {
                    return self.unknown_block(statement, header);
                }
                let comment = OnceCell::new();
                let block = Some(Block { statement, comment: &comment });
                for line in lines {
                    let words: Vec<_> = self.syntax.words(&line.words).collect();
                    let (syntax, words) = (self.syntax, &words[..]);
                    self.line(Context { syntax, block, line, verb, words });
                }
            }
        }
    }

    fn unknown_block(&mut self, statement: &Statement, header: &std::ops::Range<u32>) {
        if self.rules().strict && self.errors.len() < Refused::MOST {
            let words: Vec<_> = self.syntax.words(header).collect();
            let words = line::said(&words.join(&b' '));
            self.errors.push(Error::new(statement.start, format!("unknown block type: {words}")));
        }
    }

    fn line(&mut self, cx: Context<'_>) {
        let known = self.rules().knows(cx.verb);
        if !known && !self.rules().strict {
            return;
        }
        let done = match cx.verb {
            _ if !known => Err(format!("unknown directive: {}", line::said(cx.verb))),
            b"module" => self.module(&cx),
            b"go" | b"toolchain" => self.single(&cx),
            b"godebug" => cx.godebug().map(|it| self.file.godebug.push(it)),
            b"require" => cx.require().map(|it| self.file.require.push(it)),
            b"exclude" => cx.exclude().map(|it| self.file.exclude.push(it)),
            b"replace" => cx.replace().map(|it| self.file.replace.push(it)),
            b"retract" => self.retract(&cx),
            b"tool" => cx.path().map(|it| self.file.tool.push(it)),
            b"ignore" => cx.path().map(|it| self.file.ignore.push(it)),
            _ => cx.path().map(|it| self.file.uses.push(it)),
        };
        if let Err(words) = done {
            self.refuse(cx.line, words);
        }
    }

    fn module(&mut self, cx: &Context<'_>) -> Result<(), String> {
        if self.file.module.is_some() {
            return Err("repeated module statement".into());
        }
        // A line with errors counts as the first, too.
        let module = self.file.module.insert(Module {
            path: Default::default(),
            deprecated: cx.deprecation(),
            place: cx.place(),
        });
        module.path = cx.module()?;
        Ok(())
    }

    fn single(&mut self, cx: &Context<'_>) -> Result<(), String> {
        let field = match cx.verb {
            b"go" => &mut self.file.go,
            _ => &mut self.file.toolchain,
        };
        if field.is_some() {
            return Err(format!("repeated {} statement", line::said(cx.verb)));
        }
        *field = Some(cx.single()?);
        Ok(())
    }

    /// In a dependency, Go skips a newer Go's form of retracted versions.
    fn retract(&mut self, cx: &Context<'_>) -> Result<(), String> {
        match cx.retract() {
            Ok(retract) => self.file.retract.push(retract),
            Err(words) if self.rules().strict => return Err(words),
            Err(_) => {}
        }
        Ok(())
    }
}
