//! Templates of URLs, for archives that do not share one directory, such as
//! `https://artifacts.example/go/{version}/{file}`.

use crate::mirror::release::Release;
use crate::query::Artifact;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The placeholders.
pub(crate) const PLACEHOLDERS: &str = "{version}, {file}, {os} and {arch}";

/// Whether a URL is meant as a template. Other braces are written `%7B`.
pub(crate) fn is_template(url: &str) -> bool {
    url.contains(['{', '}'])
}

/// Refuses a text that gives no URL, or the same URL for two releases. The error says what is
/// wrong, and quotes nothing but the name of a placeholder.
pub(crate) fn check(template: &str) -> Result<(), String> {
    let path = path_of(template);
    if path.is_none_or(|path| is_template(&template[..path])) {
        return Err("a placeholder may stand in its path only".to_owned());
    }
    let mut named = false;
    for part in parts(template) {
        match part {
            Part::Text(text) if is_template(text) => {
                return Err(
                    "its braces do not match; a brace in a URL is written %7B or %7D".into()
                );
            }
            Part::Text(_) => {}
            Part::Placeholder("version" | "file") => named = true,
            Part::Placeholder("os" | "arch") => {}
            Part::Placeholder(name) => {
                let name: String = name.chars().take(32).collect();
                return Err(format!("{{{name}}} is no placeholder; there are {PLACEHOLDERS}"));
            }
        }
    }
    if named {
        Ok(())
    } else {
        Err("neither {version} nor {file} stands in it, so all releases would be one".into())
    }
}

/// The URL for `release`; `None` if the template names a platform and `release` is source code,
/// which has none.
pub(crate) fn filled(template: &str, release: &Release) -> Option<String> {
    let mut url = String::with_capacity(template.len() + 64);
    for part in parts(template) {
        match part {
            Part::Text(text) => url.push_str(text),
            Part::Placeholder("version") => encode(release.version().as_str(), &mut url),
            Part::Placeholder("file") => encode(&release.file_name, &mut url),
            Part::Placeholder(_) if release.artifact == Artifact::SourceCode => return None,
            Part::Placeholder("os") => encode(release.platform.os(), &mut url),
            Part::Placeholder(_) => encode(release.platform.archive_arch(), &mut url),
        }
    }
    Some(url)
}

/// The offset of the path, after scheme and host.
fn path_of(url: &str) -> Option<usize> {
    let host = url.find("://")? + 3;
    Some(host + url[host..].find('/')?)
}

enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// The parts in their order. A brace without its counterpart stays in the text.
fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find('{').unwrap_or(rest.len());
        if end > 0 {
            let (text, next) = rest.split_at(end);
            rest = next;
            return Some(Part::Text(text));
        }
        let Some((name, next)) = rest[1..].split_once('}').filter(|(name, _)| !is_template(name))
        else {
            return Some(Part::Text(std::mem::take(&mut rest)));
        };
        rest = next;
        Some(Part::Placeholder(name))
    })
}

/// All characters but those that RFC 3986, 2.3, calls unreserved.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends `text` as part of a path.
fn encode(text: &str, url: &mut String) {
    url.extend(utf8_percent_encode(text, &RESERVED));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;
    use goward_resolver::{ToolchainName, Version};

    fn release(platform: &str, artifact: Artifact) -> Release {
        let name = ToolchainName::of(&Version::parse("1.22.10").unwrap());
        Release::by_name(name, &Platform::parse(platform).unwrap(), artifact)
    }

    #[test]
    fn templates_are_filled() {
        for (template, platform, url) in [
            (
                "https://x/go/{version}/{file}",
                "linux/amd64",
                "https://x/go/1.22.10/go1.22.10.linux-amd64.tar.gz",
            ),
            (
                "https://x/{os}/{arch}/{version}.zip",
                "windows/386",
                "https://x/windows/386/1.22.10.zip",
            ),
            // As in the names of archives.
            ("https://x/{version}-{arch}", "linux/arm", "https://x/1.22.10-armv6l"),
            ("file:///srv/%7B/{os}{version}", "darwin/arm64", "file:///srv/%7B/darwin1.22.10"),
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
            assert_eq!(
                filled(template, &release(platform, Artifact::Binary)).as_deref(),
                Some(url)
            );
        }
        let sources = release("linux/amd64", Artifact::SourceCode);
        let url = filled("https://x/{version}/{file}", &sources);
        assert_eq!(url.as_deref(), Some("https://x/1.22.10/go1.22.10.src.tar.gz"));
        assert_eq!(filled("https://x/{os}/{file}", &sources), None);
    }

    #[test]
    fn filled_in_values_cannot_leave_their_place() {
        let mut url = String::new();
        encode("a/../b?c#d%2f é\u{202e}", &mut url);
        assert_eq!(url, "a%2F..%2Fb%3Fc%23d%252f%20%C3%A9%E2%80%AE");
    }

    #[test]
    fn mistakes_are_named() {
        for (template, words) in [
            ("https://x/{Version}/{file}", "{Version} is no placeholder"),
            ("https://x/{version}/{}", "{} is no placeholder"),
            ("https://x/{version}/{file.gz", "braces do not match"),
            ("https://x/version}/{file}", "braces do not match"),
            ("https://x/{{version}}", "braces do not match"),
            ("https://x/{os}/{arch}", "neither {version} nor {file}"),
            ("https://{os}.example/{file}", "in its path only"),
            ("https://x:{version}/{file}", "in its path only"),
            ("https://{file}", "in its path only"),
            ("{os}://x/{file}", "in its path only"),
            ("https://me:{arch}@x/{file}", "in its path only"),
        ] {
            let why = check(template).unwrap_err();
            assert!(why.contains(words), "{template}: {why}");
        }
        let long = format!("https://x/{{{}}}", "y".repeat(10_000));
        assert!(check(&long).unwrap_err().len() < 200);
    }
}
