//! Dates: in HTTP headers, and as messages show them.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). The two
/// forms that the RFC calls obsolete are not understood.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (_, text) = text.trim().split_once(", ")?;
    let words: Vec<&str> = text.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let clock: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let ([hour, minute, second], Ok(day), Ok(year)) =
        (&clock[..], day.parse::<u64>(), year.parse::<u64>())
    else {
        return None;
    };
    let sane = (1970..10_000).contains(&year) && (1..=31).contains(&day);
    if !sane || *hour > 23 || *minute > 59 || *second > 60 {
        return None;
    }
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// What the TLS library says about a certificate that is out of date, with dates instead of the
/// seconds since 1970 that it gives (`verification time N (UNIX), but … after N (M seconds ago)`).
/// `None` for every other text. The HTTP library passes on no more than the text.
pub(super) fn readable(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("verification time ")?;
    let (now, rest) = rest.split_once(" (UNIX)")?;
    let (why, limit) = ["valid after ", "valid before "].iter().find_map(|word| {
        let (why, limit) = rest.split_once(word)?;
        Some((format!("{why}{word}"), limit.split(' ').next()?))
    })?;
    let date = |text: &str| text.parse().ok().map(render);
    Some(format!("{before}this machine says it is {}{why}{}", date(now)?, date(limit)?))
}

/// `seconds` since 1970 in UTC as RFC 3339 has it, such as `2024-02-29T23:59:59Z`.
pub(super) fn render(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    // The year is this one or a little later: all have at least 365 days, most no more. Larger than
    // any calendar is not counted year by year.
    let mut year = 1970 + (day / 366).min(1_000_000);
    while days(year + 1, 0, 1) <= day && year < 2_000_000 {
        year += 1;
    }
    let month = (0..12).rfind(|month| days(year, *month, 1) <= day).unwrap_or(0);
    let date = day - days(year, month, 1) + 1;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z", month + 1)
}

/// Days from 1970-01-01 to a day; `month` counts from 0.
fn days(year: u64, month: u64, day: u64) -> u64 {
    const BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let past = year - 1;
    let leaps = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    let this = u64::from(is_leap && month > 1);
    (year - 1970) * 365 + leaps + BEFORE[usize::try_from(month).unwrap_or(0)] + this + day - 1
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
            assert_eq!(render(seconds), text);
        }
        for day in 0..150_000 {
            let (year, month, date) = {
                let text = render(day * 86_400);
                let part = |at: std::ops::Range<usize>| text[at].parse::<u64>().unwrap();
                (part(0..4), part(5..7), part(8..10))
            };
            assert_eq!(days(year, month - 1, date), day);
        }
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
