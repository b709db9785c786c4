//! Commands behind which the files are no longer those of the commit, or the module is another one.

use super::place;
use crate::repo::name_of;

/// What names the commit that is checked out.
const OWN: [&str; 9] = [
    "HEAD",
    "@",
    "$GITHUB_SHA",
    "${GITHUB_SHA}",
    "$CI_COMMIT_SHA",
    "${CI_COMMIT_SHA}",
    "$TRAVIS_COMMIT",
    "$CIRCLE_SHA1",
    "$BUILD_SOURCEVERSION",
];

/// Whether a command is one of them.
pub(super) fn changes(words: &[String]) -> bool {
    let Some((name, rest)) = words.split_first() else { return false };
    let is_file = |word: &String| is_module_file(word);
    let written = words.windows(2).any(|pair| pair[0].ends_with('>') && is_file(&pair[1]));
    let written = written || words.iter().any(|word| word.starts_with('>') && is_file(word));
    written
        || match name.as_str() {
            "git" => git(rest),
            "go" => of_go(rest),
            "rm" | "mv" | "tee" | "touch" => rest.iter().any(is_file),
            "cp" | "ln" => rest.last().is_some_and(is_file),
            "sed" => rest.iter().any(|word| word.starts_with("-i")) && rest.iter().any(is_file),
            _ => false,
        }
}

fn is_module_file(word: &str) -> bool {
    matches!(name_of(word.trim_start_matches('>')), "go.mod" | "go.work")
}

/// What makes or edits a module file.
fn of_go(arguments: &[String]) -> bool {
    let shows =
        || arguments.iter().any(|word| matches!(word.as_str(), "-json" | "-print" | "-fmt"));
    match arguments {
        [of, verb, ..] if of == "mod" => verb == "init" || verb == "edit" && !shows(),
        [of, verb, ..] if of == "work" => {
            matches!(verb.as_str(), "init" | "use") || verb == "edit" && !shows()
        }
        _ => false,
    }
}

fn git(arguments: &[String]) -> bool {
    let mut rest = arguments;
    loop {
        match rest {
            [flag, dir, behind @ ..] if flag == "-C" => {
                if place::of(dir) != place::Goes::Nowhere {
                    return false;
                }
                rest = behind;
            }
            [flag, _, behind @ ..] if flag == "-c" => rest = behind,
            [flag, behind @ ..] if flag.starts_with('-') => rest = behind,
            _ => break,
        }
    }
    let Some((verb, rest)) = rest.split_first() else { return false };
    match verb.as_str() {
        "am" | "apply" | "cherry-pick" | "clone" | "merge" | "pull" | "rebase" | "revert" => true,
        "worktree" => rest.first().is_some_and(|word| word == "add"),
        "restore" => rest.iter().any(|word| word.starts_with("-s") || word.starts_with("--source")),
        "checkout" => takes_commit(rest, true),
        "switch" => rest.iter().any(|word| word == "--orphan") || takes_commit(rest, false),
        "reset" => takes_commit(rest, false),
        _ => false,
    }
}

/// Whether the arguments name another commit. `paths` says whether they may name files without one.
fn takes_commit(arguments: &[String], paths: bool) -> bool {
    let (mut names, mut makes) = (Vec::new(), false);
    for word in arguments.iter().take_while(|word| *word != "--") {
        match word.as_str() {
            "-b" | "-B" | "-c" | "-C" | "--create" | "--force-create" | "--orphan" => makes = true,
            // What the shell reads or writes.
            word if word.contains(['<', '>']) => break,
            word if word.len() > 1 && word.starts_with('-') => {}
            word => names.push(word),
        }
    }
    // The name of a branch that begins here is none of a commit.
    let first = names.get(usize::from(makes));
    let is_path = |name: &str| {
        let below = name == "." || name.starts_with("./") || name.contains('*');
        paths && !makes && (below || matches!(name_of(name), "go.mod" | "go.sum" | "go.work"))
    };
    first.is_some_and(|name| !OWN.contains(name) && !is_path(name))
}

/// Whether variables make Go look at another module file, or at none.
pub(super) fn turns(word: &str) -> bool {
    word == "GO111MODULE=off" || word.starts_with("GOFLAGS=") && word.contains("-modfile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_commit_or_module_file_changes_the_files() {
        let changes = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            changes(&words)
        };
        for text in "git checkout -- .;git checkout -- go.sum;git checkout HEAD -- docs;\
            git checkout HEAD docs;git checkout .;git checkout go.sum;git checkout *.md;git checkout;\
            git checkout -f;git checkout --detach;git checkout -q $GITHUB_SHA;\
            git checkout -b release;git checkout -B release HEAD;git checkout --orphan pages;\
            git switch -c release;git switch --create release HEAD;git reset --hard;\
            git reset --hard HEAD;git -c a=b -C . reset --hard;git -C other checkout v1;\
            git restore .;git worktree list;git fetch origin;git status;git merge-base a b;\
            go mod edit -json;go work edit -print;cp go.mod /tmp;cat go.mod;echo x > y".split(';') {
            assert!(!changes(text), "{text}");
        }
        for text in "git checkout v1;git checkout -;git checkout v1 -- .;\
            git checkout -b release origin/release;git checkout release-1.24;git switch main;\
            git switch -c x v1;git switch --orphan x;git reset --hard HEAD~1;\
            git reset --hard origin/main;git -C . checkout v1;git -c a=b checkout v1;git pull;\
            git restore --source=v1 .;git worktree add x v1;git clone https://x.org/x .;\
            go mod init m;go mod edit -go=1.21;go work init;rm -f go.work;sed -i s/a/b/ go.mod;\
            echo x > go.mod;echo x >>x/go.mod;cp other.mod go.mod"
            .split(';')
        {
            assert!(changes(text), "{text}");
        }
    }
}
