//! Whether the processes of a program do anything. A stranger's source may name a pipe that no one writes to, and a
//! compiler that reads it then waits for as long as it may. On Linux the kernel tells what each process has computed and read.

#[cfg(target_os = "linux")]
use goward_installer::read;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// What a program of Go may do each second while it waits: a timer ticks, and a pipe wakes it.
const IDLE: Work = Work { ticks: 1, bytes: 512 };

/// What the kernel tells of a process, in bytes.
#[cfg(target_os = "linux")]
const LONGEST: usize = 4 << 10;

/// What processes have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Work {
    /// The time of the processor, in hundredths of a second.
    ticks: u64,
    /// What they have read and written.
    bytes: u64,
}

/// Watches the processes of a group.
#[derive(Debug)]
pub(super) struct Watch {
    /// The number of the group.
    group: u32,
    /// How long it may do nothing; `None` is without a bound.
    most: Option<Duration>,
    /// When it did something last.
    since: Cell<Instant>,
    /// The last look, and all that it had done by then.
    looked: Cell<(Instant, Work)>,
}

impl Watch {
    pub(super) fn of(group: u32, most: Option<Duration>) -> Watch {
        let now = Instant::now();
        Watch { group, most, since: Cell::new(now), looked: Cell::new((now, Work::default())) }
    }

    /// How long one may wait until the next look.
    pub(super) fn pause(&self) -> Duration {
        self.most.map_or(Duration::MAX, |most| most.min(PAUSE))
    }

    /// Whether they have done nothing for too long. Where the system does not tell, they do something.
    pub(super) fn is_idle(&self) -> bool {
        let Some(most) = self.most else { return false };
        let (looked, before) = self.looked.get();
        let time = looked.elapsed();
        if time < self.pause() {
            return false;
        }
        let Some(work) = work(self.group) else { return false };
        self.looked.set((Instant::now(), work));
        let seconds = time.as_secs().max(1);
        let more = |now: u64, before: u64, each: u64| now.saturating_sub(before) > each * seconds;
        let is_busy = more(work.ticks, before.ticks, IDLE.ticks)
            || more(work.bytes, before.bytes, IDLE.bytes);
        // While goward is stopped, by Ctrl-Z, it does not look.
        if is_busy || time > 5 * self.pause() {
            self.since.set(Instant::now());
        }
        self.since.get().elapsed() >= most
    }
}

/// What all processes of a group have done.
#[cfg(target_os = "linux")]
fn work(group: u32) -> Option<Work> {
    let mut all: Option<Work> = None;
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let is_process = entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit);
        let file = |name: &str| {
            let text = read::read(&entry.path().join(name), LONGEST).unwrap_or_default();
            String::from_utf8_lossy(&text).into_owned()
        };
        // Another process may end meanwhile, or be out of reach.
        let Some(ticks) = is_process.then(|| ticks(&file("stat"), group)).flatten() else {
            continue;
        };
        let io = file("io");
        let all = all.get_or_insert_default();
        all.ticks += ticks;
        all.bytes += bytes(&io);
    }
    all
}

#[cfg(not(target_os = "linux"))]
fn work(_group: u32) -> Option<Work> {
    None
}

/// The time of a process and of its ended children, if it is of the group (proc_pid_stat(5)). The name may hold anything.
#[cfg(any(target_os = "linux", test))]
fn ticks(stat: &str, group: u32) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    (fields.get(2)?.parse() == Ok(group)).then_some(())?;
    fields.get(11..15)?.iter().map(|time| time.parse::<u64>().ok()).sum()
}

/// What a process has read and written, also of sockets (proc_pid_io(5)).
#[cfg(any(target_os = "linux", test))]
fn bytes(io: &str) -> u64 {
    let value = |line: &str| {
        let line = line.strip_prefix("rchar: ").or(line.strip_prefix("wchar: "))?;
        line.parse::<u64>().ok()
    };
    io.lines().filter_map(value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_what_a_process_has_done() {
        let stat = "77 (a) b) S 1 70 70 0 -1 4194304 9 0 0 0 3 4 50 60 20 0 1 0 99 0 0\n";
        assert_eq!((ticks(stat, 70), ticks(stat, 71), ticks("77 (a", 70)), (Some(117), None, None));
        assert_eq!(bytes("rchar: 10\nwchar: 5\nsyscr: 99\nread_bytes: 4096\n"), 15);
    }
}
