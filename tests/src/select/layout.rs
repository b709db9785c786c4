//! The place of a case: its base directory, and the spelling of paths there.

use super::case::{Bytes, Case, Installer, System, Target};

/// The base directory of one case and the rules of its system.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The directory that `$T` stands for.
    pub base: Bytes,
    /// The system whose path rules apply.
    pub system: System,
    /// `GOOS-GOARCH`, as Go's own downloads are named.
    pub platform: String,
}

/// Names the platform of the shim, where it is another than that of the tests.
pub const PLATFORM: &str = "GOWARD_TEST_PLATFORM";

/// The platform that the shim runs on, as `GOOS-GOARCH`.
pub fn platform() -> String {
    if let Ok(platform) = std::env::var(PLATFORM) {
        return platform;
    }
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        arch => arch,
    };
    format!("{os}-{arch}")
}

impl Layout {
    /// Replaces `$T`, `$PLATFORM` and `$LONG` in text of a case.
    pub fn text(&self, raw: &[u8]) -> Bytes {
        let long = format!("{}/", "a".repeat(200)).repeat(25);
        let names: [(&[u8], &[u8]); 3] = [
            (b"$T", &self.base),
            (b"$PLATFORM", self.platform.as_bytes()),
            (b"$LONG", long.as_bytes()),
        ];
        let mut text = Bytes::new();
        let mut at = 0;
        'next: while at < raw.len() {
            for (name, value) in names {
                let end = at + name.len();
                let whole = raw.get(end).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                if raw[at..].starts_with(name) && whole {
                    text.extend_from_slice(value);
                    at = end;
                    continue 'next;
                }
            }
            text.push(raw[at]);
            at += 1;
        }
        text
    }

    /// A value with `$T` in it is a path, and has its system's separators.
    pub fn value(&self, raw: &[u8]) -> Bytes {
        let text = self.text(raw);
        let is_path = raw.windows(2).any(|pair| pair == b"$T");
        if is_path { self.separators(text) } else { text }
    }

    /// An absolute path from a case's path, which is relative to the base.
    pub fn path(&self, raw: &[u8]) -> Bytes {
        let mut text = self.text(raw);
        // The cases have Linux's place for the go/env file; a Mac has its own.
        if self.system == System::Here
            && self.platform.starts_with("darwin")
            && text.starts_with(b"home/.config/go/env")
        {
            let rest = text.split_off(b"home/.config".len());
            text = [b"home/Library/Application Support".to_vec(), rest].concat();
        }
        if text.starts_with(b"/") || text.starts_with(&self.base) {
            return self.separators(text);
        }
        let mut path = self.base.clone();
        if !text.is_empty() {
            path.push(b'/');
            path.extend(text);
        }
        self.separators(path)
    }

    fn separators(&self, mut text: Bytes) -> Bytes {
        if self.system == System::Windows {
            text.iter_mut().filter(|b| **b == b'/').for_each(|b| *b = b'\\');
        }
        text
    }

    /// `.exe` on Windows.
    pub fn exe(&self) -> &'static str {
        if self.system == System::Windows { ".exe" } else { "" }
    }

    /// The program that a target means for a command called `name`.
    pub fn program(&self, target: &Target, name: &[u8]) -> Bytes {
        let lower = name.to_ascii_lowercase();
        let tool = if lower.starts_with(b"gofmt") { "gofmt" } else { "go" };
        let exe = self.exe();
        match target {
            Target::Toolchain(name) => {
                self.path(format!("goward/toolchains/{name}/bin/{tool}{exe}").as_bytes())
            }
            Target::System => self.path(format!("system/bin/{tool}{exe}").as_bytes()),
            Target::Path(path) => self.path(path),
        }
    }

    /// The environment that a case is called with.
    pub fn environment(&self, case: &Case) -> Vec<(Bytes, Bytes)> {
        let mut dirs = vec![b"goward/shims".to_vec()];
        match &case.path {
            Some(path) => dirs.extend(path.iter().cloned()),
            None if case.system_go.is_some() => dirs.push(b"system/bin".to_vec()),
            None => {}
        }
        let separator: &[u8] = if self.system == System::Windows { b";" } else { b":" };
        let path = dirs.iter().map(|dir| self.path(dir)).collect::<Vec<_>>().join(separator);
        let home: &[u8] = if self.system == System::Windows { b"USERPROFILE" } else { b"HOME" };
        let mut env = vec![
            (home.to_vec(), self.path(b"home")),
            (b"PATH".to_vec(), path),
            (b"GOWARD_ROOT".to_vec(), self.path(b"goward")),
            (b"GOWARD_SYSTEM_ROOT".to_vec(), self.path(b"nosystem")),
        ];
        if case.installer == Installer::Off {
            env.push((b"GOWARD_AUTO_INSTALL".to_vec(), b"never".to_vec()));
        }
        for (key, value) in &case.env {
            env.retain(|(known, _)| known != key);
            if let Some(value) = value {
                env.push((key.clone(), self.value(value)));
            }
        }
        env
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_as_whole_words() {
        let layout =
            |base: &[u8], system| Layout { base: base.to_vec(), system, platform: platform() };
        let windows = layout(br"C:\T", System::Windows);
        let layout = layout(b"/t/1", System::Here);
        assert_eq!(layout.text(b"$T/x:$T $TMP $(T) ${T}"), b"/t/1/x:/t/1 $TMP $(T) ${T}");
        assert_eq!(layout.path(b"w/sub"), b"/t/1/w/sub");
        assert_eq!(layout.path(b"$T/w"), b"/t/1/w");
        assert_eq!(windows.path(b"w/sub"), br"C:\T\w\sub");
        assert_eq!(windows.value(b"$T/roaming"), br"C:\T\roaming");
        assert_eq!(windows.value(b"corp/*"), b"corp/*");
    }
}
