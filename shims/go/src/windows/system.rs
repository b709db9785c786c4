//! The functions of kernel32 that `std` does not offer, and all of this package's `unsafe` code on
//! Windows. Names and layouts are those of the Windows headers (`processthreadsapi.h`,
//! `jobapi2.h`, `winnt.h`, `consoleapi.h`).
#![expect(unsafe_code, reason = "processes, jobs and console events have no safe interface")]

use std::ffi::c_void;
use std::io;
use std::mem;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle, RawHandle};
use std::ptr;
use std::time::Duration;

const STD_HANDLES: [u32; 3] = [-10_i32 as u32, -11_i32 as u32, -12_i32 as u32];
const HANDLE_FLAG_INHERIT: u32 = 1;
const STARTF_USESTDHANDLES: u32 = 0x100;
/// The field of the standard input means a hot key instead.
const STARTF_USEHOTKEY: u32 = 0x200;
const CREATE_SUSPENDED: u32 = 0x4;
const DETACHED_PROCESS: u32 = 0x8;
const INFINITE: u32 = u32::MAX;
const WAIT_FAILED: u32 = u32::MAX;
const CTRL_BREAK_EVENT: u32 = 1;
const JOB_OBJECT_EXTENDED_LIMIT_INFORMATION: i32 = 9;
const JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK: u32 = 0x1000;
const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: u32 = 0x2000;

/// `STARTUPINFOW`.
#[repr(C)]
struct StartupInfo {
    size: u32,
    reserved: *mut u16,
    desktop: *mut u16,
    title: *mut u16,
    /// Place and size of a window, its buffer and colours.
    window: [u32; 7],
    flags: u32,
    show_window: u16,
    /// What C runtimes hand on about open files.
    runtime_size: u16,
    runtime: *mut u8,
    streams: [RawHandle; 3],
}

/// `PROCESS_INFORMATION`.
#[repr(C)]
struct ProcessInformation {
    process: RawHandle,
    thread: RawHandle,
    process_id: u32,
    thread_id: u32,
}

/// `JOBOBJECT_EXTENDED_LIMIT_INFORMATION` with the two structures in it.
#[repr(C)]
#[derive(Default)]
struct ExtendedLimits {
    user_times: [i64; 2],
    flags: u32,
    working_set: [usize; 2],
    processes: u32,
    affinity: usize,
    classes: [u32; 2],
    transfers: [u64; 6],
    memory: [usize; 4],
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCommandLineW() -> *const u16;
    fn SetEnvironmentVariableW(name: *const u16, value: *const u16) -> i32;
    fn GetStdHandle(which: u32) -> RawHandle;
    fn SetHandleInformation(handle: RawHandle, mask: u32, flags: u32) -> i32;
    fn GetStartupInfoW(info: *mut StartupInfo);
    fn GetCurrentProcess() -> RawHandle;
    fn GetPriorityClass(process: RawHandle) -> u32;
    fn GetConsoleCP() -> u32;
    fn SetConsoleCtrlHandler(handler: Option<extern "system" fn(u32) -> i32>, add: i32) -> i32;
    fn CreateProcessW(
        application: *const u16,
        line: *mut u16,
        process_attributes: *const c_void,
        thread_attributes: *const c_void,
        inherit_handles: i32,
        flags: u32,
        environment: *const c_void,
        directory: *const u16,
        startup: *const StartupInfo,
        information: *mut ProcessInformation,
    ) -> i32;
    fn CreateJobObjectW(attributes: *const c_void, name: *const u16) -> RawHandle;
    fn SetInformationJobObject(
        job: RawHandle,
        class: i32,
        information: *const ExtendedLimits,
        size: u32,
    ) -> i32;
    fn AssignProcessToJobObject(job: RawHandle, process: RawHandle) -> i32;
    fn TerminateProcess(process: RawHandle, code: u32) -> i32;
    fn ResumeThread(thread: RawHandle) -> u32;
    fn WaitForSingleObject(handle: RawHandle, milliseconds: u32) -> u32;
    fn GetExitCodeProcess(process: RawHandle, code: *mut u32) -> i32;
}

/// Windows' yes or no.
fn check(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn with_nul(units: &[u16]) -> Vec<u16> {
    units.iter().copied().chain([0]).collect()
}

/// The command line of this process, as it was given.
pub(super) fn command_line() -> &'static [u16] {
    // SAFETY: the function takes nothing and gives a string that ends with 0; it lives as long as
    // the process, and nothing here writes to it.
    unsafe {
        let line = GetCommandLineW();
        let mut len = 0;
        while *line.add(len) != 0 {
            len += 1;
        }
        std::slice::from_raw_parts(line, len)
    }
}

/// Sets or removes a variable of this process. The system finds it in any case, keeps the
/// spelling and the place that it had, and hands all of them on to a child.
pub(super) fn set_variable(name: &[u16], value: Option<&[u16]>) -> io::Result<()> {
    let (name, value) = (with_nul(name), value.map(with_nul));
    let value = value.as_ref().map_or(ptr::null(), |value| value.as_ptr());
    // SAFETY: both are strings that end with 0, or null; they outlive the call. No other thread
    // reads the environment.
    let done = unsafe { SetEnvironmentVariableW(name.as_ptr(), value) };
    match check(done) {
        // To remove what is not there is an error of its own.
        Err(_) if value.is_null() => Ok(()),
        done => done,
    }
}

/// Lets Ctrl-C and Ctrl-Break pass this process by. The child gets them as well, and decides.
pub(super) fn leave_events_to_the_child() -> io::Result<()> {
    // SAFETY: the handler is a function that lives as long as the process and touches nothing.
    check(unsafe { SetConsoleCtrlHandler(Some(on_event), 1) })
}

/// Runs on a thread of its own. When the window closes or the user logs off, the system ends a
/// process as soon as its handler returns: the child's time to clean up is ours to wait.
extern "system" fn on_event(event: u32) -> i32 {
    while event > CTRL_BREAK_EVENT {
        std::thread::sleep(Duration::from_secs(60));
    }
    1
}

/// A child that was started and does not run yet.
pub(super) struct Child {
    process: OwnedHandle,
    thread: OwnedHandle,
}

/// Starts `program` with the command line `line`, suspended. It gets every inheritable handle, the
/// standard streams, the console or the lack of one, the priority, and whatever else this process
/// was started with.
pub(super) fn start(program: &[u16], line: Vec<u16>) -> io::Result<Child> {
    let (program, mut line) = (with_nul(program), with_nul(&line));
    let startup = startup();
    let mut made = mem::MaybeUninit::<ProcessInformation>::uninit();
    // SAFETY: program and line are strings that end with 0, and line is ours to be written to; the
    // null pointers stand for defaults; startup and made are what the function takes and fills.
    let done = unsafe {
        CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            1,
            CREATE_SUSPENDED | inherited_flags(),
            ptr::null(),
            ptr::null(),
            &startup,
            made.as_mut_ptr(),
        )
    };
    check(done)?;
    // SAFETY: the call succeeded, so the structure is filled, and both handles are ours.
    unsafe {
        let made = made.assume_init();
        let process = OwnedHandle::from_raw_handle(made.process);
        Ok(Child { process, thread: OwnedHandle::from_raw_handle(made.thread) })
    }
}

/// How this process was started, for another one; with its standard streams.
fn startup() -> StartupInfo {
    let mut info = mem::MaybeUninit::<StartupInfo>::zeroed();
    // SAFETY: the function fills the structure and cannot fail; zeroes are valid in it.
    let mut info = unsafe {
        GetStartupInfoW(info.as_mut_ptr());
        info.assume_init()
    };
    info.size = size_of::<StartupInfo>() as u32;
    info.flags = (info.flags & !STARTF_USEHOTKEY) | STARTF_USESTDHANDLES;
    // SAFETY: the functions take any handle, also none; what cannot be inherited is not there for
    // the child either.
    unsafe {
        info.streams = STD_HANDLES.map(|which| GetStdHandle(which));
        for stream in info.streams {
            SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        }
    }
    info
}

/// What a child does not inherit by itself: a high priority, and to have no console, in whose
/// place it would get a new one with a window.
fn inherited_flags() -> u32 {
    // SAFETY: the functions take nothing but the process's own pseudo handle.
    unsafe {
        let detached = if GetConsoleCP() == 0 { DETACHED_PROCESS } else { 0 };
        GetPriorityClass(GetCurrentProcess()) | detached
    }
}

impl Child {
    /// Lets it run. A child that cannot be is ended.
    pub(super) fn resume(&self) -> io::Result<()> {
        // SAFETY: both handles are open, and the child is ours.
        unsafe {
            if ResumeThread(self.thread.as_raw_handle()) != u32::MAX {
                return Ok(());
            }
            let error = io::Error::last_os_error();
            TerminateProcess(self.process.as_raw_handle(), 1);
            Err(error)
        }
    }

    /// Waits for its end and gives its exit code, all 32 bits of it.
    pub(super) fn wait(&self) -> io::Result<u32> {
        let mut code = 0;
        // SAFETY: the handle is open, and code is there to be written to.
        unsafe {
            if WaitForSingleObject(self.process.as_raw_handle(), INFINITE) == WAIT_FAILED {
                return Err(io::Error::last_os_error());
            }
            check(GetExitCodeProcess(self.process.as_raw_handle(), &mut code))?;
        }
        Ok(code)
    }
}

/// A job that ends when its handle is closed, which the system does for a process that is killed.
pub(super) struct Job {
    _handle: OwnedHandle,
}

impl Job {
    /// Puts the child, and nothing that it starts, into a job of its own. Jobs nest: one that this
    /// process is in holds for the child as well.
    pub(super) fn of(child: &Child) -> io::Result<Job> {
        // SAFETY: null stands for no name and for a handle that nobody inherits; the structure has
        // the layout that its class says; the handles are open.
        unsafe {
            let handle = CreateJobObjectW(ptr::null(), ptr::null());
            if handle.is_null() {
                return Err(io::Error::last_os_error());
            }
            let handle = OwnedHandle::from_raw_handle(handle);
            let flags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
            let limits = ExtendedLimits { flags, ..ExtendedLimits::default() };
            let size = size_of::<ExtendedLimits>() as u32;
            let (class, job) = (JOB_OBJECT_EXTENDED_LIMIT_INFORMATION, handle.as_raw_handle());
            check(SetInformationJobObject(job, class, &limits, size))?;
            check(AssignProcessToJobObject(job, child.process.as_raw_handle()))?;
            Ok(Job { _handle: handle })
        }
    }
}

// A wrong layout would be no error, but limits and streams that are not there.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<StartupInfo>() == 104
        && size_of::<ProcessInformation>() == 24
        && size_of::<ExtendedLimits>() == 144
);
