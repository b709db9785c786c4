//! The progress of an install, on stderr: a bar on a terminal, one line elsewhere, on one that can
//! only print text, and where `CI` is set, nothing with `-q`.

use crate::context::Context;
use crate::output::{Voice, is_ci, is_dumb};
use crate::paths::Shown as _;
use goward_installer::{Progress, Stage, signals};
use goward_resolver::{Home, shown};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Shows an install to the user.
pub(crate) struct Watch {
    bar: ProgressBar,
    on_terminal: bool,
    quiet: bool,
    /// Whether it tells of retries, skipped mirrors and the like.
    pub(crate) notes: bool,
    /// Whether a note was left out.
    held: AtomicBool,
    /// `-v`: prints every line of a build on a terminal, too, instead of the latest one in the bar.
    every_line: bool,
    wanted_by: String,
    home: Home,
    voice: Voice,
    announced: AtomicBool,
    /// Held while a thread of the installer writes to stderr; these threads have no [`Output`].
    said: Mutex<()>,
}

impl Context {
    /// Does work that may take long, and shows its progress to the user.
    pub(crate) fn watched<T>(&self, work: impl FnOnce(&Watch) -> T) -> T {
        work(&Watch::new(self, None))
    }
}

impl Context {
    /// Does work that says nothing and may take long: on a terminal it is named after a second, with the time
    /// since then.
    pub(crate) fn patiently<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        let watch = Watch::new(self, None);
        if !watch.on_terminal {
            return work();
        }
        // A signal that ends this process must not reach the thread that shows: the last works would not be
        // done.
        let _will = signals::before_an_end(|| ());
        let (done, is_done) = mpsc::channel::<()>();
        let watch = &watch;
        thread::scope(|scope| {
            scope.spawn(move || {
                let since = Instant::now();
                while is_done.recv_timeout(SECOND) == Err(RecvTimeoutError::Timeout) {
                    watch.show(WORDS, format!("{name} ({} s)", since.elapsed().as_secs()));
                }
            });
            let ended = work();
            drop(done);
            ended
        })
    }
}

impl Context {
    /// Says that this process waits for another one, which has locked a file; on a terminal the work that waits is
    /// named already.
    pub(crate) fn tell_of_wait(&self, lock: &Path) {
        let watch = Watch::new(self, None);
        if !watch.on_terminal {
            watch.note(&format!("waiting for another process that has locked {}", lock.shown()));
        }
    }
}

/// After that a person wonders.
const SECOND: Duration = Duration::from_secs(1);
const BYTES: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}";
const BYTES_SO_FAR: &str = "{msg} {bytes} {bytes_per_sec}";
const WORDS: &str = "{msg}";

impl Watch {
    /// `wanted_by` is the source that asks for the toolchain, if it is not the user who waits.
    pub(crate) fn new(cx: &Context, wanted_by: Option<&str>) -> Watch {
        let quiet = cx.output.quiet;
        // The output becomes a log, terminal or not, and a log keeps every state of a bar.
        let can_draw = std::io::stderr().is_terminal() && !is_dumb();
        let on_terminal = can_draw && !quiet && !is_ci();
        let draw =
            if on_terminal { ProgressDrawTarget::stderr } else { ProgressDrawTarget::hidden };
        let bar = ProgressBar::with_draw_target(None, draw());
        let home = cx.output.home.clone();
        let wanted_by = wanted_by.map(|by| home.shorten(&format!(", wanted by {by}")));
        let watch = Watch {
            bar,
            on_terminal,
            quiet,
            notes: true,
            held: AtomicBool::new(false),
            every_line: cx.verbose,
            wanted_by: wanted_by.unwrap_or_default(),
            home,
            voice: cx.output.voice,
            announced: AtomicBool::new(false),
            said: Mutex::new(()),
        };
        // The bar draws nothing before the first message.
        watch.look(WORDS);
        watch
    }

    /// Says nothing but the progress.
    pub(crate) fn without_notes(mut self) -> Watch {
        self.notes = false;
        self
    }

    /// Whether there was a note that was left out.
    pub(crate) fn has_held_notes(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    fn look(&self, template: &str) {
        // The templates are goward's; an invalid one would merely look plain.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("=> "));
        }
    }

    fn show(&self, template: &str, message: String) {
        self.look(template);
        self.bar.set_message(shown(message.as_bytes()));
    }

    fn say(&self, text: &str) {
        if self.quiet {
            return;
        }
        let _one_at_a_time = self.said.lock();
        self.bar.suspend(|| self.voice.say(&format!("goward: {text}")));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Watch {
    fn stage(&self, name: &str, stage: Stage) {
        match stage {
            Stage::Index => self.show(WORDS, format!("asking {name} for its releases")),
            Stage::Download => {
                let text = format!("installing {name}{}", self.wanted_by);
                if !self.on_terminal && !self.announced.swap(true, Ordering::Relaxed) {
                    self.say(&text);
                }
                self.show(BYTES_SO_FAR, text);
                self.bar.reset();
            }
            Stage::Unpack => self.show(WORDS, format!("unpacking {name}")),
            Stage::Build => self.show(WORDS, format!("building {name}")),
            Stage::Publish => self.show(WORDS, format!("moving {name} into place")),
        }
    }

    fn bytes(&self, done: u64, total: Option<u64>) {
        if let Some(total) = total
            && self.bar.length() != Some(total)
        {
            self.bar.set_length(total);
            self.look(BYTES);
        }
        self.bar.set_position(done);
    }

    fn waiting(&self, name: &str, elapsed: Duration) {
        let text = format!("waiting for another process that installs {name}");
        if self.on_terminal {
            self.show(WORDS, text);
        } else if elapsed >= Duration::from_secs(5) {
            // Most waits are shorter than that.
            self.say(&text);
        }
    }

    fn output(&self, name: &str, line: &str) {
        if self.on_terminal && !self.every_line {
            self.show(WORDS, format!("building {name}: {line}"));
        } else if !line.is_empty() {
            self.say(line);
        }
    }

    fn note(&self, text: &str) {
        if self.notes {
            self.say(&self.home.shorten(text));
        } else {
            self.held.store(true, Ordering::Relaxed);
        }
    }
}
