//! The keys of caches: text of letters, digits and `.-_` alone, whatever the variables hold.
//!
//! A key is a ladder. Each prefix of it that [`Ladder::restore`] names is a rung on which an older entry may lie.

use crate::hex::hex;
use goward_resolver::Version;
use sha2::{Digest as _, Sha256};

/// The format of what an entry holds. An entry of another format is never restored.
const FORMAT: &str = "1";
/// The longest word that a key takes as it is, in bytes.
const LONGEST: usize = 32;

/// A key, and the beginnings of keys that will do as well, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The key of the entry that this job would save. That of modules lacks its last parts: content, and the day.
    pub key: String,
    /// The prefixes.
    pub restore: Vec<String>,
}

/// What the key of a build cache is made of.
#[derive(Clone, Debug)]
pub struct BuildParts<'a> {
    /// GOOS.
    pub os: &'a str,
    /// GOARCH.
    pub arch: &'a str,
    /// The system's image: its C compiler is in the entries.
    pub image: Option<&'a str>,
    /// The Go that runs at the top of the checkout.
    pub go: Option<&'a Version>,
    /// The names that tell this job from others of the project.
    pub job: &'a [String],
    /// The digest of the sums.
    pub sums: &'a str,
    /// The number of the run, and of the attempt.
    pub run: &'a [String],
    /// The day, counted from 1970.
    pub day: u64,
}

/// The ladder of the module cache.
pub fn of_modules(os: &str, sums: &str) -> Ladder {
    let first = ["goward-mod", FORMAT, &word(os), ""].join("-");
    let key = format!("{first}{sums}-");
    Ladder { restore: vec![key.clone(), first], key }
}

/// The key of a module cache with this content, saved on this day; `prefix` is the key of its ladder.
pub fn with_content(prefix: &str, names: &[String], day: u64) -> String {
    format!("{prefix}{}-{day}", digest(names))
}

/// How an entry of modules that was restored relates to what the job has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfModules {
    /// Whether it had the same modules, under whatever sums.
    pub same: bool,
    /// Its age in days; `None` if nothing says it.
    pub age: Option<u64>,
}

impl OfModules {
    /// What a restored key says, beside the key of what the job has.
    pub fn of(own: &str, key: &str, today: u64) -> OfModules {
        let content = |key: &str| key.rsplit('-').nth(1).map(str::to_owned);
        OfModules { same: content(own) == content(key), age: age(key, today) }
    }

    /// An entry of which the system says nothing, with the key of what was found.
    pub fn unnamed(own: &str, found: Option<&str>) -> OfModules {
        let same = found.is_some_and(|found| OfModules::of(own, found, 0).same);
        OfModules { same, age: None }
    }
}

/// The age of an entry by its key's last part, which begins with the day.
fn age(key: &str, today: u64) -> Option<u64> {
    let day = key.rsplit('-').next()?.split('.').next()?.parse::<u64>().ok()?;
    Some(today.saturating_sub(day))
}

/// The ladder of the build cache.
pub fn of_build(parts: &BuildParts<'_>) -> Ladder {
    let go = parts.go.map_or("go".to_owned(), |version| format!("go{version}"));
    let image = word(parts.image.unwrap_or("any"));
    let words = [word(parts.os), word(parts.arch), image, word(&go)].join("-");
    let third = format!("goward-build-{FORMAT}-{words}-");
    let second = format!("{third}{}-", digest(parts.job));
    let first = format!("{second}{}-", parts.sums);
    let run: Vec<String> = parts.run.iter().map(|number| word(number)).collect();
    let key = format!("{first}{}.{}", parts.day, run.join("."));
    Ladder { key, restore: vec![first, second, third] }
}

/// How an entry of the build cache that was restored relates to the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Whether this job saved it in an earlier run.
    pub same_job: bool,
    /// Its age in days; `None` for a key that does not say its day.
    pub age: Option<u64>,
    /// Whether the system says which entry it was.
    pub is_named: bool,
}

impl Restored {
    /// What a restored key says, beside the job's own.
    pub fn of(own: &Ladder, key: &str, today: u64) -> Restored {
        let of_job = own.restore.get(1).is_some_and(|start| key.starts_with(start));
        Restored { same_job: of_job, age: age(key, today), is_named: true }
    }

    /// An entry of which the system says nothing.
    pub fn unnamed() -> Restored {
        Restored { same_job: true, age: None, is_named: false }
    }
}

/// The first 16 hexadecimal digits of the SHA-256 of texts. The length of each counts,
/// too, so no two lists are one text.
pub fn digest<T: AsRef<[u8]>>(texts: &[T]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        let bytes = text.as_ref();
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hex(hash.finalize().into_iter().take(8))
}

/// A word of a key: the text itself if it is short and harmless, else its digest.
pub fn word(text: &str) -> String {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    match text {
        "" => "none".to_owned(),
        text if text.len() <= LONGEST && text.bytes().all(harmless) => text.to_owned(),
        text => digest(&[text]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice;

    fn parts<'a>(job: &'a [String], run: &'a [String], go: Option<&'a Version>) -> BuildParts<'a> {
        let image = Some("ubuntu24");
        BuildParts { os: "linux", arch: "amd64", image, go, job, sums: "0123", run, day: 20_787 }
    }

    #[test]
    fn keys_are_ladders() {
        let modules = of_modules("linux", "abcd");
        assert_eq!(modules.key, "goward-mod-1-linux-abcd-");
        assert_eq!(modules.restore, ["goward-mod-1-linux-abcd-", "goward-mod-1-linux-"]);
        let (job, run) = (["ci".to_owned(), "test".to_owned()], ["7".to_owned(), "1".to_owned()]);
        let go = Version::parse("1.27.3").unwrap();
        let build = of_build(&parts(&job, &run, Some(&go)));
        let start = "goward-build-1-linux-amd64-ubuntu24-go1.27.3-";
        let of_job = format!("{start}{}-", digest(&job));
        assert_eq!(build.key, format!("{of_job}0123-20787.7.1"));
        assert_eq!(build.restore, [format!("{of_job}0123-"), of_job, start.to_owned()]);
        assert!(build.restore.iter().all(|rung| build.key.starts_with(rung)));
    }

    /// A comma would end a key for GitHub, a line break would be a line of a file.
    #[test]
    fn keys_hold_no_text_of_others() {
        let odd = "a,b\n::set-env name=X::\u{202e}".to_owned();
        let build = of_build(&BuildParts {
            image: Some(&odd),
            os: &odd,
            ..parts(slice::from_ref(&odd), slice::from_ref(&odd), None)
        });
        for text in build.restore.iter().chain([&build.key]) {
            let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            assert!(text.bytes().all(harmless) && text.len() < 300, "{text}");
        }
        assert_eq!(word(""), "none");
        assert_eq!(word("a-b").len(), 16, "a part with a dash would be two parts");
    }

    #[test]
    fn lists_that_join_to_one_text_have_two_digests() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a"]), digest(&["a", ""]));
    }

    #[test]
    fn a_restored_key_says_where_it_comes_from() {
        let (job, run) = (["t".to_owned()], ["7".to_owned()]);
        let own = of_build(&parts(&job, &run, None));
        let [first, second, third] = &own.restore[..] else { panic!("three rungs") };
        for (key, same_job, age) in [
            (format!("{first}20780.6"), true, Some(7)),
            (format!("{second}ffff-20787.6"), true, Some(0)),
            (format!("{third}aaaa-ffff-20788.6"), false, Some(0)),
            (format!("{first}x"), true, None),
            ("of-another".to_owned(), false, None),
        ] {
            let found = Restored::of(&own, &key, 20_787);
            assert_eq!(found, Restored { same_job, age, is_named: true }, "{key}");
        }
    }

    #[test]
    fn a_key_of_modules_says_what_and_when() {
        let names = ["a/@v/v1.zip".to_owned()];
        let own = with_content(&of_modules("linux", "abcd").key, &names, 20_787);
        assert_eq!(own, format!("goward-mod-1-linux-abcd-{}-20787", digest(&names)));
        for (key, same, age) in [
            (own.clone(), true, Some(0)),
            // Of other sums, with the same zips, two days ago.
            (own.replace("abcd", "ffff").replace("20787", "20785"), true, Some(2)),
            (with_content("goward-mod-1-linux-abcd-", &[], 20_786), false, Some(1)),
            (own.replace("20787", "x"), true, None),
            ("of-another".to_owned(), false, None),
            ("x".to_owned(), false, None),
        ] {
            assert_eq!(OfModules::of(&own, &key, 20_787), OfModules { same, age }, "{key}");
        }
        for (found, same) in [(Some(&*own), true), (Some("x"), false), (None, false)] {
            assert_eq!(OfModules::unnamed(&own, found), OfModules { same, age: None });
        }
    }
}
