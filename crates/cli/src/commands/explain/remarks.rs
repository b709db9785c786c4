//! Further facts that the user should know.

use goward_resolver::{Chain, Minimum, Plan, ReadError, Source, Unread, escaped};

/// Every remark but those on floors.
pub(super) fn of(chain: &Chain<'_>, plan: Option<&Plan>) -> Vec<String> {
    let mut remarks = Vec::new();
    if plan.is_some_and(|plan| plan.source == Source::Running) {
        remarks.push(
            "GOROOT, GOTOOLDIR and GOVERSION agree: this runs below that toolchain, so no level is \
             asked"
                .to_owned(),
        );
    }
    if let Ok(Some((value, by))) = chain.gotoolchain()
        && !value.may_download()
    {
        let off = if value.is_local() {
            "the module file and implicit downloads"
        } else {
            "implicit downloads"
        };
        let value = if value.is_local() { "local" } else { "path" };
        remarks.push(format!("GOTOOLCHAIN={value} ({by}) switches {off} off"));
    }
    if let Some(goenv) = chain.goenv.as_ref().filter(|_| !chain.may_quote_goenv()) {
        let path = escaped(&goenv.path);
        remarks.push(format!(
            "{path} is a link, or another user's file, so what it says is not shown"
        ));
    }
    if let Some(plan) = plan
        && plan.selection.raised
        && let Ok(Some(Minimum { version, set_by })) = Minimum::of(chain.env())
    {
        let by = &plan.selection.source;
        remarks.push(format!("what {by} asks for is raised to {version} by {set_by}"));
    }
    if let Ok(Some(pin)) = chain.parsed_pin()
        && let Some(line) = pin.surplus_line
    {
        let path = escaped(&pin.origin.path);
        remarks.push(format!("{path}:{line} has no effect: one version counts, the first"));
    }
    remarks.extend(of_files(chain, plan));
    if let Some(plan) = plan
        && let Ok(launch) = &plan.launch
    {
        remarks.extend(launch.notes.iter().cloned());
    }
    remarks
}

/// Remarks on files that count for less than it seems, or not at all.
fn of_files(chain: &Chain<'_>, plan: Option<&Plan>) -> Vec<String> {
    let mut remarks = Vec::new();
    // Without a pin, level 5 itself reports this.
    if chain.pin.is_some() {
        remarks.extend(
            chain
                .moved_down()
                .map(|path| format!("{} lies in a home directory: it is a default", escaped(path))),
        );
    }
    remarks.extend(chain.unread.iter().map(unread));
    if let Some(path) = &chain.ignored_module {
        let path = escaped(path);
        remarks
            .push(format!("Go ignores {path}, since it lies directly in the temporary directory"));
    }
    // The plan's notes name the files that lie in a project.
    let elsewhere = chain.passed_over.iter().filter(|file| plan.is_none() || !file.in_project);
    remarks.extend(elsewhere.map(|file| file.message(chain.env().host().os())));
    remarks.extend(chain.directory.as_deref().filter(|dir| is_covered(chain, dir)).map(|dir| {
        let dir = escaped(dir);
        format!(
            "something was mounted over {dir} after this process entered it, so go may see other \
             files than this report; enter it anew with: cd ."
        )
    }));
    remarks
}

fn unread(file: &Unread) -> String {
    let path = escaped(&file.path);
    let why = match file.why {
        ReadError::Directory => "is a directory",
        ReadError::NotRegular => "is not a regular file",
        ReadError::TooLarge => "is larger than 64 KiB",
        ReadError::Denied => "cannot be read: permission denied",
        ReadError::LinkLoop => "is a link that leads back to itself",
        ReadError::Other(number) => {
            return format!("{path} cannot be read: error {number}; it counts as absent");
        }
    };
    format!("{path} {why}; it counts as absent")
}

/// Whether a file system was mounted over the current directory after this process entered it. Then
/// its path leads to other files than `.` does.
fn is_covered(chain: &Chain<'_>, directory: &[u8]) -> bool {
    let host = chain.env().host();
    let differ = || Some(host.identity(directory)? != host.identity(b".")?);
    host.cwd().as_deref() == Some(directory) && differ() == Some(true)
}
