//! Dates: in HTTP headers, and as messages show them.

use std::time::{Duration, UNIX_EPOCH};

/// The last second that RFC 3339 and HTTP have a date for.
const LAST: u64 = 253_402_300_799;

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). The two
/// forms that the RFC calls obsolete are not understood.
pub(super) fn parse(text: &str) -> Option<u64> {
    let at = httpdate::parse_http_date(text.trim()).ok()?;
    let is_exact = httpdate::fmt_http_date(at) == text.trim();
    is_exact.then(|| at.duration_since(UNIX_EPOCH).ok()).flatten().map(|since| since.as_secs())
}

/// Whether a text is a day, as `2027-01-31`.
pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10 && humantime::parse_rfc3339(&format!("{text}T00:00:00Z")).is_ok()
}

/// The text of the TLS library about a certificate that is out of date, with dates instead of its
/// seconds since 1970 (`verification time N (UNIX), but … after N (M seconds ago)`). `None` for
/// every other text. The HTTP library passes on the text alone.
pub(super) fn readable(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("verification time ")?;
    let (now, rest) = rest.split_once(" (UNIX)")?;
    let (why, limit) = ["valid after ", "valid before "].iter().find_map(|word| {
        let (why, limit) = rest.split_once(word)?;
        Some((format!("{why}{word}"), limit.split(' ').next()?))
    })?;
    let date = |text: &str| text.parse().ok().and_then(render);
    Some(format!("{before}this machine says it is {}{why}{}", date(now)?, date(limit)?))
}

/// `seconds` since 1970 in UTC as RFC 3339 has it, such as `2024-02-29T23:59:59Z`.
fn render(seconds: u64) -> Option<String> {
    let at = UNIX_EPOCH + Duration::from_secs(seconds.min(LAST));
    (seconds <= LAST).then(|| humantime::format_rfc3339_seconds(at).to_string())
}

/// The day of a moment given in seconds since 1970, in UTC: `2026-11-22`.
pub fn day(seconds: u64) -> String {
    let time = render(seconds).unwrap_or_default();
    time.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        for (text, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Tue, 01 Jan 2030 00:00:00 GMT", 1_893_456_000),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (784_111_777, "1994-11-06T08:49:37Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_577_836_800, "2020-01-01T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(render(seconds).as_deref(), Some(text));
            assert_eq!(day(seconds), text[..10]);
        }
        assert_eq!(render(LAST + 1).or(render(u64::MAX)), None);
        for bad in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
