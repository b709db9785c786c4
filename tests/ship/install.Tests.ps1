# install.ps1, for Pester 5 on Windows: Invoke-Pester -CI tests/ship
#
# Needs Python, and a goward that is built as releases are, with its shim in it:
#
#     cargo build --release -p goward-shim
#     $env:GOWARD_SHIM = "$PWD/target/release/go.exe"
#     cargo build --release -p goward --features embed-shim
#
# The release lies in a directory; nothing is fetched. This file has been written where no PowerShell can be had.

BeforeAll {
    $top = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $built = Join-Path $top 'target/release'
    $said = & (Join-Path $built 'goward.exe') --version
    $version = $said -replace '^goward ', ''
    $name = "goward-$version-x86_64-pc-windows-msvc"
    $release = Join-Path $TestDrive 'release'
    New-Item -ItemType Directory -Path "$release/$name" | Out-Null
    Copy-Item "$built/goward.exe" -Destination "$release/$name"
    Compress-Archive -Path "$release/$name" -DestinationPath "$release/$name.zip"
    $digest = (Get-FileHash -Algorithm SHA256 "$release/$name.zip").Hash.ToLowerInvariant()
    Set-Content -Path "$release/SHA256SUMS" -Value "$digest  $name.zip"
    python "$top/scripts/installers" --version $version --sums "$release/SHA256SUMS" $release
    if ($LASTEXITCODE -ne 0) { throw 'scripts/installers has failed' }
    $script = "$release/install.ps1"

    function Get-Leftover {
        Get-ChildItem -Path ([IO.Path]::GetTempPath()) -Filter 'goward-install.*'
    }
}

Describe 'install.ps1' {
    BeforeEach {
        $root = Join-Path $TestDrive ('root' + [Guid]::NewGuid().ToString('N'))
    }
    AfterEach {
        Get-Leftover | Should -BeNullOrEmpty
    }

    It 'puts the manager and the shims in place, twice' {
        & $script -Root $root -From $release -NoModifyPath -Yes
        & "$root/bin/goward.exe" --version | Should -Be "goward $version"
        "$root/shims/go.exe" | Should -Exist
        "$root/shims/gofmt.exe" | Should -Exist
        & $script -Root $root -From $release -NoModifyPath -Yes -Quiet
        "$root/shims/go.exe" | Should -Exist
    }

    It 'runs in Windows PowerShell 5.1, with status 0' {
        powershell.exe -NoProfile -ExecutionPolicy Bypass -File $script -Root $root -From $release -NoModifyPath
        $LASTEXITCODE | Should -Be 0
        "$root/bin/goward.exe" | Should -Exist
    }

    It 'runs as `irm ... | iex` runs it' {
        $before = $env:GOWARD_ROOT
        $env:GOWARD_ROOT = $root
        try {
            $text = (Get-Content -Raw $script) -replace "(?m)^(\s*Install-Goward \`$.*)$", "`$From = '$release'`n`$1"
            Invoke-Expression $text
            $env:GOWARD_ROOT | Should -Be $root
        } finally {
            $env:GOWARD_ROOT = $before
        }
        "$root/bin/goward.exe" | Should -Exist
    }

    It 'refuses an archive that is another' {
        $other = Join-Path $TestDrive 'other'
        New-Item -ItemType Directory -Force -Path $other | Out-Null
        Set-Content -Path "$other/$name.zip" -Value 'something else'
        { & $script -Root $root -From $other } | Should -Throw '*is not what was released*'
        $root | Should -Not -Exist
    }

    It 'refuses an archive that is not there' {
        { & $script -Root $root -From $TestDrive } | Should -Throw
        $root | Should -Not -Exist
    }

    It 'refuses <from>' -ForEach @(
        @{ from = 'http://example.com/x' }
        @{ from = 'ftp://example.com/x' }
        @{ from = 'https://me:secret@example.com/x' }
    ) {
        { & $script -Root $root -From $from } | Should -Throw '*-From takes*'
        $root | Should -Not -Exist
    }

    It 'wants an absolute root' {
        { & $script -Root 'here' -From $release } | Should -Throw '*absolute*'
    }

    It 'does nothing where its end is missing' {
        $whole = Get-Content -Raw $script
        $env:GOWARD_ROOT = $root
        try {
            # Within the last lines, after each character up to the one that ends the block.
            $call = $whole.LastIndexOf('Install-Goward')
            $lengths = @(100, [int]($whole.Length / 2)) + @($call..($whole.LastIndexOf('}')))
            foreach ($length in $lengths) {
                $part = $whole.Substring(0, $length)
                { Invoke-Expression $part } | Should -Throw -Because "it ends after $length characters"
            }
        } finally {
            $env:GOWARD_ROOT = $null
        }
        $root | Should -Not -Exist
    }

    It 'says that the template is none' {
        { & ([scriptblock]::Create((Get-Content -Raw "$top/scripts/install.ps1.in"))) } | Should -Throw '*only the template*'
    }
}
