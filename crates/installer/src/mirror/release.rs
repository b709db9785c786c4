//! A release that can be installed, and the names of its archives.

use crate::digests::Digest;
use crate::platform::Platform;
use crate::query::{Artifact, Query};
use goward_resolver::{ToolchainName, Version};

/// A release that can be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub(crate) name: ToolchainName,
    pub(crate) platform: Platform,
    pub(crate) file_name: String,
    /// The digest in go.dev's own index, if the release was found there.
    pub(crate) official: Option<Digest>,
    /// Which of its archives this is.
    pub(crate) artifact: Artifact,
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

    /// Its name in the store: `go1.22.10`, for foreign platforms `go1.22.10.windows-arm64`.
    pub fn store_name(&self) -> String {
        format!("{}{}", self.name, self.platform.store_suffix())
    }

    /// The requested archive of `version`, under go.dev's name for it; no server is asked.
    pub(crate) fn of(query: &Query<'_>, version: &Version) -> Release {
        Release::by_name(ToolchainName::of(version), &query.platform, query.artifact)
    }

    /// The release `name`, with the file name of go.dev's archive; no server is asked.
    pub(crate) fn by_name(name: ToolchainName, platform: &Platform, artifact: Artifact) -> Release {
        let file_name = match artifact {
            Artifact::SourceCode => format!("{name}.src.tar.gz"),
            Artifact::Binary => format!("{name}.{}", platform.archive_suffix()),
        };
        Release { name, platform: platform.clone(), file_name, official: None, artifact }
    }
}
