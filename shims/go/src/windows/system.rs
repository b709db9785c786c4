//! The functions of kernel32 that `std` does not offer, and all of this package's `unsafe` code on
//! Windows but for owners.
#![expect(unsafe_code, reason = "processes, jobs and console events have no safe interface")]

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle, RawHandle};
use std::ptr;
use std::time::Duration;
use windows_sys::Win32::Foundation::{HANDLE_FLAG_INHERIT, SetHandleInformation, WAIT_FAILED};
use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, GetConsoleCP, GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE,
    STD_OUTPUT_HANDLE, SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::Environment::{GetCommandLineW, SetEnvironmentVariableW};
use windows_sys::Win32::System::JobObjects::{
    CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    SetInformationJobObject,
};
use windows_sys::Win32::System::Threading::{
    CreateProcessW, DETACHED_PROCESS, DeleteProcThreadAttributeList, EXTENDED_STARTUPINFO_PRESENT,
    GetCurrentProcess, GetExitCodeProcess, GetPriorityClass, GetStartupInfoW, INFINITE,
    InitializeProcThreadAttributeList, PROC_THREAD_ATTRIBUTE_JOB_LIST, PROCESS_INFORMATION,
    STARTF_USEHOTKEY, STARTF_USESTDHANDLES, STARTUPINFOEXW, STARTUPINFOW,
    UpdateProcThreadAttribute, WaitForSingleObject,
};

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
unsafe extern "system" fn on_event(event: u32) -> i32 {
    if event > CTRL_BREAK_EVENT {
        loop {
            std::thread::sleep(Duration::from_secs(60));
        }
    }
    1
}

/// Starts `program` with the command line `line`, and gives the handle of that child. It gets every inheritable handle, the standard
/// streams, the console or the lack of one, the priority, and whatever else this process was
/// started with. It is in the job from its first moment.
pub(super) fn start(program: &[u16], line: &[u16], job: Option<&Job>) -> io::Result<OwnedHandle> {
    let (program, mut line) = (with_nul(program), with_nul(line));
    let attributes = job.map(Attributes::for_job).transpose()?;
    let list = attributes.as_ref().map_or(ptr::null_mut(), Attributes::list);
    let mut startup = STARTUPINFOEXW { StartupInfo: startup(), lpAttributeList: list };
    startup.StartupInfo.cb = size_of::<STARTUPINFOEXW>() as u32;
    let mut made = PROCESS_INFORMATION::default();
    // SAFETY: program and line are strings that end with 0, and line is ours to be written to; the
    // null pointers stand for defaults; startup and made are what the function takes and fills, and
    // the attributes live till its return.
    let done = unsafe {
        CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            1,
            EXTENDED_STARTUPINFO_PRESENT | inherited_flags(),
            ptr::null(),
            ptr::null(),
            ptr::from_ref(&startup).cast(),
            &mut made,
        )
    };
    check(done)?;
    // SAFETY: the call succeeded, so the structure is filled, and both handles are ours.
    unsafe {
        drop(OwnedHandle::from_raw_handle(made.hThread));
        Ok(OwnedHandle::from_raw_handle(made.hProcess))
    }
}

/// How this process was started, for another one; with its standard streams.
fn startup() -> STARTUPINFOW {
    let mut info = STARTUPINFOW::default();
    // SAFETY: the function fills the structure and cannot fail.
    unsafe { GetStartupInfoW(&mut info) };
    info.dwFlags = (info.dwFlags & !STARTF_USEHOTKEY) | STARTF_USESTDHANDLES;
    // A stream that cannot be inherited is missing in the child.
    let inheritable = |which| {
        // SAFETY: the functions take any number and any handle, also none.
        unsafe {
            let stream = GetStdHandle(which);
            SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
            stream
        }
    };
    info.hStdInput = inheritable(STD_INPUT_HANDLE);
    info.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    info.hStdError = inheritable(STD_ERROR_HANDLE);
    info
}

/// The properties that a child does not inherit by itself: a high priority, and that there is no
/// console. Without the second flag it would get a new console, with a window.
fn inherited_flags() -> u32 {
    // SAFETY: the functions take nothing but the process's own pseudo handle.
    unsafe {
        let detached = if GetConsoleCP() == 0 { DETACHED_PROCESS } else { 0 };
        GetPriorityClass(GetCurrentProcess()) | detached
    }
}

/// Waits for the end of a child and gives its exit code, all 32 bits of it.
pub(super) fn wait(child: &OwnedHandle) -> io::Result<u32> {
    let mut code = 0;
    // SAFETY: the handle is open, and code is there to be written to.
    unsafe {
        if WaitForSingleObject(child.as_raw_handle(), INFINITE) == WAIT_FAILED {
            return Err(io::Error::last_os_error());
        }
        check(GetExitCodeProcess(child.as_raw_handle(), &mut code))?;
    }
    Ok(code)
}

/// A job that ends when its handle is closed, which the system does for a process that is killed.
pub(super) struct Job {
    handle: OwnedHandle,
}

impl Job {
    /// A job for one process, and for nothing that it starts. Jobs nest: one that this process is
    /// in holds for the child as well.
    pub(super) fn new() -> io::Result<Job> {
        // SAFETY: null stands for no name and for a handle that no child inherits; the structure has
        // the layout that its class says; the handle is open.
        unsafe {
            let handle = CreateJobObjectW(ptr::null(), ptr::null());
            if handle.is_null() {
                return Err(io::Error::last_os_error());
            }
            let handle = OwnedHandle::from_raw_handle(handle);
            let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
            limits.BasicLimitInformation.LimitFlags =
                JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
            check(SetInformationJobObject(
                handle.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                ptr::from_ref(&limits).cast(),
                size_of_val(&limits) as u32,
            ))?;
            Ok(Job { handle })
        }
    }
}

/// A list of one attribute for a process to be made: its job.
struct Attributes<'j> {
    /// As many bytes as the system asks for, aligned as pointers are.
    room: Vec<usize>,
    /// The list points at the handle.
    _job: &'j Job,
}

impl<'j> Attributes<'j> {
    fn for_job(job: &'j Job) -> io::Result<Attributes<'j>> {
        let mut size = 0;
        // SAFETY: without a list the function only says how large one is.
        unsafe { InitializeProcThreadAttributeList(ptr::null_mut(), 1, 0, &mut size) };
        let mut room = vec![0_usize; size.div_ceil(size_of::<usize>())];
        let list = room.as_mut_ptr().cast();
        // SAFETY: the list has the room that was asked for.
        check(unsafe { InitializeProcThreadAttributeList(list, 1, 0, &mut size) })?;
        let attributes = Attributes { room, _job: job };
        // SAFETY: the list is initialised. It points at the handle in the borrowed job, which lives
        // longer than the list, and an OwnedHandle has the layout of a handle.
        check(unsafe {
            UpdateProcThreadAttribute(
                list,
                0,
                PROC_THREAD_ATTRIBUTE_JOB_LIST as usize,
                ptr::from_ref(&job.handle).cast(),
                size_of::<RawHandle>(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        })?;
        Ok(attributes)
    }

    fn list(&self) -> *mut c_void {
        self.room.as_ptr().cast_mut().cast()
    }
}

impl Drop for Attributes<'_> {
    fn drop(&mut self) {
        // SAFETY: the list was initialised.
        unsafe { DeleteProcThreadAttributeList(self.list()) };
    }
}
