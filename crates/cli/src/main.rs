//! `goward`: installs, chooses and explains Go toolchains.
//!
//! The rules live elsewhere. `goward-resolver` decides the toolchain of a directory, through the
//! very eyes of the shim ([`machine`]). `goward-installer` decides each install. Here are the
//! command line ([`args`]) with its [`help`] and [`completion`], one module for each command
//! ([`commands`]), and the one module that prints ([`output`]).

#[cfg(all(target_env = "musl", target_arch = "x86_64", not(debug_assertions)))]
#[expect(unsafe_code, reason = "C's functions, which all compiled code calls by their names")]
mod bytes;

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

mod advice;
mod args;
mod commands;
mod completion;
mod config;
mod context;
mod existence;
mod exit;
mod failure;
mod foreign;
mod given;
mod goroot;
mod groups;
mod help;
mod home;
mod machine;
#[cfg(any(test, feature = "manual"))]
mod manual;
#[cfg(all(target_env = "musl", target_arch = "x86_64"))]
mod memory;
mod newest;
mod on_path;
mod output;
mod packaged;
mod paths;
mod policy;
mod project;
mod projects;
mod real_go;
mod running;
mod settings;
mod shell;
mod shim;
mod stack;
mod suggestion;
mod system_root;
mod toolchain;
mod values;
mod watch;
mod workshop;

use args::Args;
use clap::CommandFactory as _;
use context::Context;
use exit::Exit;
use failure::Failure;
use output::{Log, Output};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() -> ExitCode {
    #[cfg(feature = "manual")]
    if let Some(directory) = std::env::args_os().nth(1) {
        return match manual::write(directory.as_ref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let failure = Failure::io("write", directory.as_ref(), &error);
                Output::new(false, false).failure(&failure);
                failure.exit.into()
            }
        };
    }
    let exit = stack::enough_for(run);
    #[cfg(all(target_env = "musl", target_arch = "x86_64"))]
    memory::end(exit);
    #[cfg(not(all(target_env = "musl", target_arch = "x86_64")))]
    exit.into()
}

fn run() -> Exit {
    completion::answer();
    let args = match Args::read(std::env::args_os().collect()) {
        Ok(args) => args,
        Err(error) => {
            let line: Vec<String> =
                std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
            let error = suggestion::honest(help::laid_out(error), &Args::command(), &line);
            return Output::new(false, false).usage(&error);
        }
    };
    let global = &args.global;
    let output = Output::new(global.quiet, global.no_color);
    init_tracing(&output, global.verbose);
    let mut cx = Context::new(output, global.verbose, global.offline);
    let allowed = goward_resolver::refuse_borrowed_rights(&cx.machine).map_err(Failure::from);
    let outcome = allowed.and_then(|()| commands::run(args.command, &mut cx));
    // The answer is lost, so its status says nothing.
    let outcome = match cx.output.finish() {
        Err(unwritten) if outcome.as_ref().err().is_none_or(Failure::is_silent) => Err(unwritten),
        _ => outcome,
    };
    match outcome {
        Ok(()) => {
            cx.warn_of_switches();
            Exit::Success
        }
        Err(failure) => {
            let failure = advice::checked(&cx, failure);
            cx.output.failure(&failure);
            failure.exit
        }
    }
}

/// Shows the traces of the crates on stderr: those that `GOWARD_LOG` asks for, a few with `-v`.
fn init_tracing(output: &Output, verbose: bool) {
    let filter = match std::env::var("GOWARD_LOG") {
        Err(std::env::VarError::NotUnicode(_)) => {
            return output.warning("GOWARD_LOG is ignored: it is not UTF-8 text");
        }
        filter => filter.ok().filter(|filter| !filter.is_empty()),
    };
    let Some(filter) = filter.or_else(|| verbose.then(|| "goward_installer=info".to_owned()))
    else {
        return;
    };
    // Of levels and targets only: filters by spans and fields would bring an engine of patterns.
    let filter: Targets = match filter.parse() {
        Ok(filter) => filter,
        Err(error) => return output.warning(&format!("GOWARD_LOG={filter:?} is ignored: {error}")),
    };
    let voice = output.voice;
    let all = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
    all.with_writer(move || Log(voice)).finish().with(filter).init();
}
