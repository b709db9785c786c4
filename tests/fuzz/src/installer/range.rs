//! The meaning of an answer's status and headers: only the exact rest is appended, only a validator
//! that stands for every byte becomes a condition, dates are seconds, and redirects lead only where
//! they may.

use crate::bounds::linear;
use goward_installer::fuzzing::{parse_date, read_answer, redirect};
use std::time::Duration;

/// The second after the last that has four digits in its year.
const END: u64 = 253_402_300_800;

/// Checks one answer: a line `STATUS FROM LENGTH` (FROM and LENGTH may be `-`), then headers, one a
/// line.
pub(super) fn check(data: &[u8]) {
    let mut lines = data.split(|&byte| byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut numbers = first.split(' ').map(|word| word.parse::<u64>().ok());
    let mut number = || numbers.next().flatten();
    let (status, from, length) = (number(), number(), number());
    let headers: Vec<_> = lines.filter_map(header).take(20).collect();
    let text = |name: &str| {
        let value = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        value.and_then(|(_, value)| std::str::from_utf8(value).ok()).filter(|text| is_plain(text))
    };
    for (_, value) in &headers {
        if let Ok(value) = std::str::from_utf8(value) {
            date(value);
            location(value);
        }
    }
    date_of(length.unwrap_or_default() % END);
    let status = u16::try_from(status.unwrap_or(200)).unwrap_or(999);
    let read = linear(data.len(), || read_answer(status, &headers, length, from));
    match read {
        None => {}
        Some(Ok(taken)) => {
            assert!(taken.from == 0 || status == 206);
            assert_eq!(taken.body, status != 304);
            match (status, from) {
                (206, Some(from)) => {
                    assert_eq!(taken.from, from);
                    let range = text("content-range").unwrap_or_default();
                    let [first, last, total] = numbers_of(range).expect("it has a range");
                    assert!(first == from && first <= last && last.checked_add(1) == Some(total));
                    assert!(length.is_none_or(|length| length == total - first), "{range}");
                }
                (status, _) => assert!(matches!(status, 200 | 304), "{status}"),
            }
            let encoded = text("content-encoding").is_none_or(|value| value == "identity");
            assert!(encoded || status == 304);
            let (etag, changed) = (text("etag"), text("last-modified"));
            assert_eq!(taken.validators, [etag, changed].map(|text| text.map(str::to_owned)));
            if let Some(state) = &taken.state {
                let strong = etag.is_some_and(|etag| etag == state && etag.starts_with('"'));
                let served = text("date").and_then(parse_date);
                let settled = etag.is_none()
                    && changed == Some(state)
                    && parse_date(state).zip(served).is_some_and(|(then, now)| now - then >= 60);
                assert!(strong || settled, "{state:?} stands for the content");
            }
        }
        Some(Err(again)) => {
            let later = matches!(status, 408 | 425 | 429 | 500..=599);
            assert_eq!(again.is_some(), later, "{status}");
            let asked = text("retry-after").map(str::trim).and_then(|text| text.parse().ok());
            if let (Some(pause), Some(seconds)) = (again, asked) {
                assert_eq!(pause, Some(Duration::from_secs(seconds)));
            }
        }
    }
}

/// `NAME: VALUE`.
fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = String::from_utf8(line[..colon].to_vec()).ok()?;
    Some((name, line[colon + 1..].trim_ascii().to_vec()))
}

/// Whether the text can be a header's, as text.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte) || byte == b'\t')
}

/// `bytes FIRST-LAST/TOTAL`, in digits.
fn numbers_of(range: &str) -> Option<[u64; 3]> {
    let (first, rest) = range.strip_prefix("bytes ")?.split_once('-')?;
    let (last, total) = rest.split_once('/')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    Some([number(first)?, number(last)?, number(total)?])
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An accepted date is the seconds of its words, if there was such a day.
fn date(text: &str) {
    let Some(seconds) = linear(text.len(), || parse_date(text)) else { return };
    assert!(seconds < END + 32 * 86_400, "{text:?}");
    let (_, rest) = text.trim().split_once(", ").expect("a day of the week");
    let words: Vec<_> = rest.split([' ', ':']).collect();
    let [day, month, year, hour, minute, second, "GMT"] = words[..] else {
        panic!("{text:?} is understood");
    };
    let said = [day, year, hour, minute, second].map(|word| word.parse::<u64>().ok());
    let [day, year, hour, minute, second] = said.map(|number| number.expect("it is a number"));
    let (this, _) = calendar(seconds / 86_400);
    let clock = seconds % 86_400;
    let real = second < 60 && day <= 28;
    let month = MONTHS.iter().position(|name| *name == month).expect("it is a month");
    if real {
        assert_eq!(this, (year, month, day), "{text:?}");
        assert_eq!(clock, (hour * 60 + minute) * 60 + second, "{text:?}");
    }
}

/// Every second up to the year 9999 is understood as it is written.
fn date_of(seconds: u64) {
    let ((year, month, day), weekday) = calendar(seconds / 86_400);
    let clock = seconds % 86_400;
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let month = MONTHS[month];
    let text =
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT");
    assert_eq!(parse_date(&text), Some(seconds), "{text}");
}

/// Year, month from 0 and day of the month, and the day of the week, counted on from 1970 by whole
/// years and months.
fn calendar(mut days: u64) -> ((u64, usize, u64), &'static str) {
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let leap = |year: u64| year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    let (mut year, mut month) = (1970 + days / 146_097 * 400, 0);
    days %= 146_097;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    ((year, month, days + 1), weekday)
}

/// Redirects go on over HTTPS where they began with it, and to another host only where they name
/// one; the installer follows every relative one of plain characters.
fn location(location: &str) {
    for from in ["https://a.example/dl/go.tar.gz?x=/y", "http://a.example:80/dl/"] {
        let to = linear(location.len(), || redirect(from, location));
        let head = location.split(['/', '?', '#']).next().unwrap_or_default();
        let absolute = head.ends_with(':') && location[head.len()..].starts_with("//");
        let Some(to) = to else {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"/?&=.-_~".contains(&b);
            let is_plain = !location.is_empty() && location.bytes().all(plain);
            let of_host = absolute || location.starts_with("//");
            assert!(of_host || !is_plain, "{location:?} is relative");
            continue;
        };
        let (scheme, rest) = to.split_once("://").expect("it is a URL");
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        assert!(!authority.contains(['@', '\\']), "{location:?} leads to {to}");
        assert!(scheme == "https" || (scheme == "http" && from.starts_with("http:")), "{to}");
        if !absolute && !location.starts_with("//") {
            let host = rest.split(['/', '?', '#']).next();
            assert_eq!(host, from.split('/').nth(2), "{location:?} leads from {from} to {to}");
        }
    }
}
