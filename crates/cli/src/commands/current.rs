//! `goward current`: the version that this directory gets, and who says so, in one line.

use crate::context::Context;
use crate::failure::Result;
use crate::paths::to_path;
use clap::Args;
use goward_installer::read;
use goward_resolver::{Host as _, Plan};
use serde::Serialize;

/// Prints one line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward current          go1.22.10 (~/project/.go-version:1)
  goward current --json")]
pub(crate) struct Current {
    /// Print JSON: toolchain, source, file, line, program; null where there is none
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    toolchain: Option<String>,
    source: &'static str,
    file: Option<String>,
    line: Option<u32>,
    program: String,
}

impl Current {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        crate::shim::warn(cx);
        let plan = cx.plan(&[])?;
        let launch = plan.launch.clone()?;
        let toolchain = toolchain(cx, &plan);
        let origin = plan.source.origin();
        if self.json {
            let text = |bytes: &[u8]| to_path(bytes).to_string_lossy().into_owned();
            cx.output.object(&Answer {
                toolchain,
                source: plan.source.id(),
                file: origin.map(|origin| text(&origin.path)),
                line: origin.map(|origin| origin.line),
                program: text(&launch.program),
            });
            return Ok(());
        }
        let name = toolchain.unwrap_or_else(|| crate::paths::shown(&launch.program));
        cx.output.line(&format!("{name} ({})", plan.source));
        if let Some(install) = &plan.install {
            let (what, who) = (&install.selector, &install.source);
            cx.output.note(&format!("`go` would install {what} first, wanted by {who}"));
        }
        Ok(())
    }
}

/// What the chosen toolchain is called: by its directory, else by itself.
pub(crate) fn toolchain(cx: &Context, plan: &Plan) -> Option<String> {
    let target = plan.target.as_ref()?;
    target.name.as_ref().map(|name| name.as_str().to_owned()).or_else(|| {
        let file = to_path(target.goroot.as_ref()?).join("VERSION");
        let text =
            cx.machine.read(file.as_os_str().as_encoded_bytes(), read::MAX_VERSION).ok()??;
        let text = String::from_utf8(text.bytes).ok()?;
        text.lines().next().map(|line| line.trim().to_owned())
    })
}
