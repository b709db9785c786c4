//! The public module proxies: for one of them a repository may name another, unasked.
//!
//! A known organisation runs each of them for the public, with public modules only. Go checks their
//! modules against go.sum and the checksum database as it checks those of any other proxy. The page
//! "Public module proxies" of the book is this table; a test compares the two.

/// Their URLs, without a `/` at the end.
pub const PUBLIC_PROXIES: [&str; 6] = [
    "https://proxy.golang.org",
    "https://goproxy.cn",
    "https://goproxy.io",
    "https://mirrors.aliyun.com/goproxy",
    "https://mirrors.cloud.tencent.com/go",
    "https://repo.huaweicloud.com/repository/goproxy",
];

/// What Go takes where nothing sets `GOPROXY` (`cmd/go/internal/cfg/cfg.go`; `$GOROOT/go.env` since
/// 1.21).
const DEFAULT: &[u8] = b"https://proxy.golang.org,direct";

/// The most elements of a `GOPROXY` that a repository may set unasked: each may cost a client that
/// waits for it some seconds.
const MAX_ELEMENTS: usize = 8;

/// Whether every element of a `GOPROXY` is `off`, `direct` or public, byte for byte.
pub(crate) fn is_public(value: &[u8]) -> bool {
    elements(value).count() <= MAX_ELEMENTS
        && elements(value)
            .all(|element| matches!(element, b"off" | b"direct") || is_listed(element))
}

/// Whether a public `value` may stand in for the `hidden` one (`None`: Go's default), which for that
/// has to be public and reachable itself; nothing is fetched from its origin that was not before.
pub(crate) fn may_replace(value: &[u8], hidden: Option<&[u8]>) -> bool {
    let hidden = hidden.unwrap_or(DEFAULT);
    // Go steps over empty elements.
    let mut theirs = elements(hidden).map(<[u8]>::trim_ascii).filter(|element| !element.is_empty());
    theirs.all(|element| element == b"direct" || is_listed(element)) && !adds_direct(value, hidden)
}

/// Whether `value` leads to the origin of a module where the `hidden` one never does.
pub(crate) fn adds_direct(value: &[u8], hidden: &[u8]) -> bool {
    // Go does not mind blanks.
    let has = |value| elements(value).any(|element: &[u8]| element.trim_ascii() == b"direct");
    has(value) && !has(hidden)
}

fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| matches!(b, b',' | b'|'))
}

fn is_listed(element: &[u8]) -> bool {
    let element = element.strip_suffix(b"/").unwrap_or(element);
    PUBLIC_PROXIES.iter().any(|url| url.as_bytes() == element)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_values() {
        for (value, public) in [
            ("https://goproxy.cn", true),
            ("https://goproxy.cn/,https://mirrors.aliyun.com/goproxy/|direct", true),
            ("off", true),
            ("direct", true),
            ("https://goproxy.cn//", false),
            ("https://goproxy.cn/x", false),
            ("https://goproxy.cn,", false),
            ("https://goproxy.cn, direct", false),
            ("HTTPS://goproxy.cn", false),
            ("http://goproxy.cn", false),
            ("https://goproxy.cn:443", false),
            ("https://goproxy.cn.evil.example", false),
            ("https://x@goproxy.cn", false),
            ("https://evil.example,https://goproxy.cn", false),
            ("off,off,off,off,off,off,off,off", true),
            ("off,off,off,off,off,off,off,off,off", false),
        ] {
            assert_eq!(is_public(value.as_bytes()), public, "{value}");
        }
    }

    #[test]
    fn only_public_values_are_replaced() {
        for (value, hidden, may) in [
            ("https://goproxy.cn", None, true),
            ("https://goproxy.cn,direct", None, true),
            ("direct", None, true),
            ("off", None, true),
            ("https://goproxy.cn", Some("https://proxy.golang.org"), true),
            ("https://goproxy.cn,direct", Some("https://proxy.golang.org"), false),
            ("https://goproxy.cn,direct", Some(" https://goproxy.io/ , direct,"), true),
            ("https://goproxy.cn", Some("off"), false),
            ("https://goproxy.cn", Some("https://proxy.golang.org,off"), false),
            ("https://goproxy.cn", Some("https://corp.example,direct"), false),
            ("https://goproxy.cn", Some("file:///srv/proxy"), false),
            ("off", Some("https://corp.example"), false),
            ("https://goproxy.cn", Some("direct"), true),
        ] {
            let got = may_replace(value.as_bytes(), hidden.map(str::as_bytes));
            assert_eq!(got, may, "{value} for {hidden:?}");
        }
    }
}
