//! A release that can be installed, and what its archive is called.

use crate::database::Module;
use crate::digests::Digest;
use crate::index::{Archive, Entry};
use crate::mirror::Mirror;
use crate::platform::Platform;
use goward_resolver::{ToolchainName, Version};

/// A release that can be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub(crate) name: ToolchainName,
    pub(crate) platform: Platform,
    pub(crate) file_name: String,
    /// The digest of go.dev's own index, if that is where the release was found.
    pub(crate) official: Option<Digest>,
    /// It is the archive of its sources.
    pub(crate) source: bool,
}

impl Release {
    /// The toolchain's name: `go1.22.10`.
    pub fn name(&self) -> &ToolchainName {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        self.name.version()
    }

    /// What it runs on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What the store calls it: `go1.22.10`, for foreign platforms `go1.22.10.windows-arm64`.
    pub fn store_name(&self) -> String {
        format!("{}{}", self.name, self.platform.store_suffix())
    }

    /// The release `name` by the file name that go.dev's archives have, asking no server.
    pub(crate) fn by_name(name: ToolchainName, platform: &Platform, source: bool) -> Release {
        let file_name = match source {
            true => format!("{name}.src.tar.gz"),
            false => format!("{name}.{}", platform.archive_suffix()),
        };
        Release { name, platform: platform.clone(), file_name, official: None, source }
    }

    /// Its archive in an index.
    pub(crate) fn archive<'e>(&self, entry: &'e Entry) -> Option<&'e Archive> {
        if self.source { entry.source() } else { entry.archive(&self.platform) }
    }

    /// What `mirror` calls its archive.
    pub(crate) fn file_name_at(&self, mirror: &Mirror) -> String {
        if !mirror.is_proxy() {
            return self.file_name.clone();
        }
        let version = Module::of(&self.name, &self.platform).map(|module| module.version());
        // No proxy has a name with a suffix of its own; asking for it says so.
        format!("{}.zip", version.unwrap_or_else(|| format!("v0.0.1-{}", self.name)))
    }
}
