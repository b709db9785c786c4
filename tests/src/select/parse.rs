//! The directives of a case.

use super::case::{
    Bytes, Case, Child, Expect, Installer, Outer, Stderr, Step, System, Target, Wanted, World,
};
use super::escape::{value, words};
use super::expand::Raw;

/// Reads the directives of one case.
///
/// # Errors
/// The first directive that cannot be understood, with the place of its case.
pub fn parse(raw: &Raw) -> Result<Case, String> {
    let mut case = Case {
        place: raw.place.clone(),
        id: raw.id.clone(),
        title: raw.title.clone(),
        system: System::Here,
        only: None,
        steps: Vec::new(),
        installed: ["1.21.13", "1.22.10", "1.23.2", "1.27.3"].map(String::from).to_vec(),
        default: Some(b"1.27.3\n".to_vec()),
        system_go: None,
        env: Vec::new(),
        path: None,
        cwd: b"w".to_vec(),
        argv: vec![b"go".to_vec(), b"build".to_vec()],
        installer: Installer::Off,
        outer: None,
        expect: Expect::default(),
    };
    for line in &raw.lines {
        directive(&mut case, line)
            .map_err(|error| format!("{}: {}: {error}: {line}", raw.place, raw.id))?;
    }
    let only_memory = case.only == Some(World::Memory);
    if case.system != System::Here && !only_memory {
        return Err(format!("{}: {}: another system is only in process", raw.place, raw.id));
    }
    if case.only.is_some() && !case.title.contains("(only ") {
        return Err(format!("{}: {}: the sentence must say why only there", raw.place, raw.id));
    }
    if case.expect.outcome.is_none() && case.expect.never.is_empty() {
        return Err(format!("{}: {}: nothing is expected", raw.place, raw.id));
    }
    Ok(case)
}

fn directive(case: &mut Case, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if let Some(content) = line.strip_prefix('|') {
        let Some(Step::File(_, text)) = case.steps.last_mut() else {
            return Err("a line without a file".into());
        };
        text.extend(content.strip_prefix(' ').unwrap_or(content).bytes().chain([b'\n']));
        return Ok(());
    }
    if let Some(step) = step(word, rest)? {
        case.steps.push(step);
        return Ok(());
    }
    if expectation(&mut case.expect, word, rest)? {
        return Ok(());
    }
    let list = || rest.split(' ').filter(|v| !v.is_empty() && *v != "none").map(String::from);
    match word {
        "installed" => case.installed = list().collect(),
        "default" if rest == "none" => case.default = None,
        "default" => case.default = Some(format!("{rest}\n").into_bytes()),
        "system" => case.system_go = list().next(),
        "env" => {
            let (key, text) = rest.split_once('=').ok_or("no =")?;
            case.env.push((key.into(), Some(value(text)?)));
        }
        "unset" => case.env.push((rest.into(), None)),
        "path" => case.path = Some(words(rest)?),
        "cwd" => case.cwd = value(rest)?,
        "run" => case.argv = words(rest)?,
        "installer" => case.installer = installer(rest)?,
        "outer" => {
            let mut argv = words(rest)?;
            if argv.len() < 2 {
                return Err("a directory and a command".into());
            }
            let cwd = argv.remove(0);
            case.outer = Some(Outer { cwd, argv, between: Vec::new() });
        }
        "between" => {
            let (key, text) = rest.split_once('=').ok_or("no =")?;
            let outer = case.outer.as_mut().ok_or("no outer call")?;
            outer.between.push((key.into(), value(text)?));
        }
        "only" if rest == "shim" => case.only = Some(World::Disk),
        "only" if rest == "inprocess" => case.only = Some(World::Memory),
        "os" if rest == "windows" => case.system = System::Windows,
        "os" if rest == "macos" => case.system = System::MacOs,
        _ => return Err("unknown directive".into()),
    }
    Ok(())
}

fn installer(text: &str) -> Result<Installer, String> {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("off", "") => Ok(Installer::Off),
        ("fails", "") => Ok(Installer::Fails),
        ("ok", versions) => Ok(Installer::Makes(versions.split(' ').map(String::from).collect())),
        _ => Err("off, fails or ok VERSION...".into()),
    }
}

fn step(word: &str, rest: &str) -> Result<Option<Step>, String> {
    let all = || words(rest);
    let one = || -> Result<Bytes, String> {
        let [path] = <[Bytes; 1]>::try_from(words(rest)?).map_err(|_| "one path is needed")?;
        Ok(path)
    };
    let two = || -> Result<(Bytes, Bytes), String> {
        let [a, b] = <[Bytes; 2]>::try_from(words(rest)?).map_err(|_| "two words are needed")?;
        Ok((a, b))
    };
    let number = |text: &Bytes, radix| -> Result<u64, String> {
        u64::from_str_radix(&String::from_utf8_lossy(text), radix).map_err(|e| e.to_string())
    };
    Ok(Some(match word {
        "file" => Step::File(one()?, Vec::new()),
        "bytes" => two().map(|(path, text)| Step::File(path, text))?,
        "append" => two().map(|(path, text)| Step::Append(path, text))?,
        "pad" => two().and_then(|(path, size)| Ok(Step::Pad(path, number(&size, 10)?)))?,
        "sparse" => two().and_then(|(path, size)| Ok(Step::Sparse(path, number(&size, 10)?)))?,
        "dir" => Step::Dir(one()?),
        "mkdir" => Step::Mkdir(one()?),
        "symlink" => two().map(|(path, target)| Step::Symlink(path, target))?,
        "device" => two().map(|(path, target)| Step::Device(path, target))?,
        "fifo" => Step::Fifo(one()?),
        "socket" => Step::Socket(one()?),
        "mode" => two().and_then(|(path, mode)| Ok(Step::Mode(path, number(&mode, 8)? as u32)))?,
        "owner" => match <[Bytes; 2]>::try_from(all()?) {
            Ok([path, who]) if who == b"foreign" => Step::Foreign(path),
            Ok([path, who]) if who == b"foreign-group" => Step::Group(path),
            _ => return Err("a path and `foreign` or `foreign-group`".into()),
        },
        "trusted" => Step::Trusted(one()?),
        "untrusted" => Step::Untrusted(one()?),
        "tree" => two().map(|(path, version)| Step::Tree(path, version))?,
        "link" => two().map(|(name, path)| Step::Link(name, path))?,
        "program" => Step::Program(one()?),
        "script" => two().map(|(path, body)| Step::Script(path, body))?,
        "shim-copy" => Step::ShimCopy(one()?),
        "shim-link" => Step::ShimLink(one()?),
        "remove" => Step::Remove(one()?),
        "vanish" => Step::Vanish(one()?),
        "deep" => {
            two().and_then(|(path, size)| Ok(Step::Deep(path, number(&size, 10)? as usize)))?
        }
        _ => return Ok(None),
    }))
}

fn expectation(expect: &mut Expect, word: &str, rest: &str) -> Result<bool, String> {
    let codes = || -> Result<Wanted, String> {
        let codes = rest.split(' ').map(str::parse).collect::<Result<_, _>>();
        codes.map(Wanted::Fails).map_err(|e: std::num::ParseIntError| e.to_string())
    };
    match word {
        "runs" => expect.outcome = Some(Wanted::Runs(target(rest)?)),
        "runsnot" => expect.never.push(target(rest)?),
        "refuses" if rest == "125" => expect.outcome = Some(codes()?),
        "missing" if rest == "127" => expect.outcome = Some(codes()?),
        "fails" => expect.outcome = Some(codes()?),
        "from" => expect.from = Some(rest.to_string()),
        "asks" if rest == "nothing" => expect.asks = Some(None),
        "asks" => {
            let mut words = rest.split(' ').map(String::from);
            expect.asks = Some(words.next());
            expect.asks_with = words.collect();
        }
        "asks-without" => expect.asks_without = rest.split(' ').map(String::from).collect(),
        "leaves" if rest.is_empty() => expect.leaves = true,
        "argv" => expect.argv = Some(words(rest)?),
        "child" => expect.child.push(child(rest)?),
        "stderr" => expect.stderr.push(stderr(rest)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn target(text: &str) -> Result<Target, String> {
    match text.split_once(' ') {
        Some(("PATH", path)) => Ok(Target::Path(value(path)?)),
        None if text == "system" => Ok(Target::System),
        None if text.starts_with("go1") => Ok(Target::Toolchain(text.to_string())),
        _ => Err("goX, system or PATH ...".into()),
    }
}

fn child(text: &str) -> Result<Child, String> {
    match text.split_once('=') {
        Some((key, text)) => Ok(Child::Is(key.into(), value(text)?)),
        None if text == "unchanged" => Ok(Child::Unchanged),
        None => match text.strip_suffix(" unset") {
            Some(key) => Ok(Child::Unset(key.into())),
            None => Err("K=V, K unset or unchanged".into()),
        },
    }
}

fn stderr(text: &str) -> Result<Stderr, String> {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("empty", "") => Ok(Stderr::Empty),
        ("any", "") => Ok(Stderr::Any),
        ("lines", count) => count.parse().map(Stderr::Lines).map_err(|_| "a number".into()),
        ("has", text) => value(text).map(Stderr::Has),
        ("hasnot", text) => value(text).map(Stderr::HasNot),
        _ => Err("empty, any, lines N, has or hasnot".into()),
    }
}
