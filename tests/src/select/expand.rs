//! From the text of a case file to single cases: `each`, `each-file` and `each-line` repeat one.

/// A case as lines of text.
#[derive(Clone, Debug)]
pub struct Raw {
    /// `file:line` of the first line.
    pub place: String,
    /// Its name.
    pub id: String,
    /// Its sentence.
    pub title: String,
    /// Its directives.
    pub lines: Vec<String>,
}

/// Cuts a file into cases.
///
/// # Errors
/// A directive before the first case, or a case without a sentence.
pub fn split(file: &str, text: &str) -> Result<Vec<Raw>, String> {
    let mut cases: Vec<Raw> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", at + 1);
        if let Some(head) = line.strip_prefix("=== ") {
            let (id, title) =
                head.split_once(' ').ok_or_else(|| format!("{place}: a case needs a sentence"))?;
            if !title.ends_with('.') {
                return Err(format!("{place}: a sentence ends with a full stop"));
            }
            let (id, title) = (id.to_string(), title.to_string());
            cases.push(Raw { place, id, title, lines: Vec::new() });
        } else if let Some(case) = cases.last_mut() {
            if !line.is_empty() {
                case.lines.push(line.to_string());
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            return Err(format!("{place}: a directive before the first case"));
        }
    }
    Ok(cases)
}

/// Repeats the cases that say so.
///
/// # Errors
/// An unknown source or file, or a repetition without its text.
pub fn expand(cases: &[Raw]) -> Result<Vec<Raw>, String> {
    let mut all = Vec::new();
    for case in cases {
        let over = case.lines.iter().find_map(|line| {
            let (word, list) = line.split_once(' ')?;
            matches!(word, "each" | "each-file" | "each-line").then_some((word, list))
        });
        match over {
            None => all.push(case.clone()),
            Some((word, list)) => {
                for item in list.split(' ').filter(|item| !item.is_empty()) {
                    all.push(one(case, word, item).map_err(|e| format!("{}: {e}", case.place))?);
                }
            }
        }
    }
    Ok(all)
}

fn one(case: &Raw, word: &str, item: &str) -> Result<Raw, String> {
    let mut copy = Raw { id: format!("{}@{item}", case.id), lines: Vec::new(), ..case.clone() };
    let has = |directive: &str| case.lines.iter().any(|line| line.starts_with(directive));
    for line in &case.lines {
        let is_head = line.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
        match word {
            "each" if is_head => {
                let text = case.lines.iter().find_map(|line| line.strip_prefix("text "));
                let text = text.ok_or("`each` needs a `text`")?;
                let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let (lines, source) = place(item, inner.ok_or("`text` needs quotes")?)?;
                copy.lines.extend(lines);
                if !has("from ") && !has("runsnot ") {
                    copy.lines.push(format!("from {source}"));
                }
            }
            "each" if line.starts_with("text ") => {}
            "each-line" if is_head => {
                copy.lines.extend(["file w/.goenv".to_string(), format!("| {item}")]);
                if has("runs ") {
                    copy.lines.push(format!("child {item}"));
                }
            }
            "each-file" if is_head => {}
            "each-file" => copy.lines.push(line.replace("$F", path(item)?)),
            _ => copy.lines.push(line.clone()),
        }
    }
    Ok(copy)
}

/// The directives that put escaped text into a source, and the source's name.
fn place(source: &str, text: &str) -> Result<(Vec<String>, String), String> {
    // A file ends with a line end, unless it is to be empty.
    let end = if text.is_empty() { "" } else { "\\n" };
    let key = "GOTOOLCHAIN=";
    let lines = match source {
        ".go-version" => vec![format!("bytes w/.go-version \"{text}{end}\"")],
        "default" => vec![format!("bytes goward/default \"{text}{end}\"")],
        "goenv" => vec![format!("bytes w/.goenv \"{key}{text}\\n\"")],
        "go/env" => vec![format!("bytes home/.config/go/env \"{key}{text}\\n\"")],
        "GOWARD_VERSION" | "GOTOOLCHAIN" => vec![format!("env {source}=\"{text}\"")],
        _ => return Err(format!("unknown source {source}")),
    };
    let name = match source {
        "GOWARD_VERSION" | "GOTOOLCHAIN" => format!("environment {source}"),
        "default" => "goward/default".to_string(),
        _ => path(&source.replace("goenv", ".goenv"))?.to_string(),
    };
    Ok((lines, name))
}

/// The path of each file that the resolver reads in a project and a home.
fn path(file: &str) -> Result<&'static str, String> {
    match file {
        ".go-version" => Ok("w/.go-version"),
        ".goenv" => Ok("w/.goenv"),
        "go.mod" => Ok("w/go.mod"),
        "go/env" => Ok("home/.config/go/env"),
        _ => Err(format!("unknown file {file}")),
    }
}
