# Read by the scripts of this directory once they stand in the repository: what a developer has set
# for Go, git and C compilers is for other work than the tests. What the tests themselves start has
# an environment of their own (crates/testkit); this is for the tools that build and run them.
# Proxies stay: packages are fetched.
unset CDPATH BASH_ENV ENV PYTHONPATH PYTHONHOME TAR_OPTIONS
for name in $(compgen -e); do
    case $name in
    GOWARD_TEST_* | GOWARD_PROPERTY_CASES) ;;
    GO* | CGO_* | GIT_* | CC | CXX | AR | CPP | LD | CPPFLAGS | CFLAGS | CXXFLAGS | LDFLAGS) unset "$name" ;;
    esac
done
unset name
