//! What the caller wants to be written: one version in every single statement and claim, and what one pin
//! says in those beside it.

use super::agreement::relation;
use super::floors::Need;
use super::mend::{self, Kept, Wants};
use super::module::rules;
use super::pins::{self, Pinned};
use super::reach::agree;
use super::statement::{Kind as Of, Site, Statement, is_passed_over, place};
use super::{Look, Rule};
use crate::claims::{Builds, Claim, ClaimKind, Claims, Said, Unresolved};
use crate::finding::{Edit, Place};
use crate::fix::spelling::{patched, release, release_of, respelt};
use crate::fix::{Left, Wish};
use crate::kind::FileKind;
use crate::repo::directory_of;
use goward_gomod::{Kind, Sole, Syntax};
use goward_resolver::{Gotoolchain, Selector, ToolchainName, Version};
use std::collections::{BTreeMap, BTreeSet};

/// The edits, each with the place that it is about, and the places that are left.
#[derive(Debug, Default)]
pub(super) struct Moves {
    edits: Vec<(Place, Edit)>,
    left: Vec<Left>,
    /// What stands behind a version in a tag, and another one may lack, each with the version's place.
    tied: Vec<(Place, String)>,
}

impl Moves {
    /// Of a place either an edit, or why there is none.
    fn add(&mut self, at: &Place, edit: Result<Edit, Kept>) {
        match edit {
            Ok(edit) => self.edits.push((at.clone(), edit)),
            Err(kept) => {
                let is_error = matches!(kept, Kept::Digest(_));
                self.left.push(Left { at: at.clone(), reason: kept.words(), is_error });
            }
        }
    }

    fn leave(&mut self, at: Place, reason: &str) {
        self.left.push(Left { at, reason: reason.to_owned(), is_error: false });
    }

    /// Without what is in other files. A place of which a comment allows something is left.
    pub(super) fn narrow(&mut self, allowed: &[(Rule, Place)], counts: impl Fn(&str) -> bool) {
        let lines: BTreeSet<(&str, u32)> =
            allowed.iter().map(|(_, at)| (at.file.as_str(), at.line)).collect();
        let is_allowed = |at: &Place| lines.contains(&(at.file.as_str(), at.line));
        self.left.retain(|left| counts(&left.at.file));
        for (at, edit) in std::mem::take(&mut self.edits) {
            if !(counts(&at.file) && counts(&edit.file)) {
                continue;
            }
            match is_allowed(&at) {
                true => self.leave(at, "a comment allows it"),
                false => self.edits.push((at, edit)),
            }
        }
    }

    /// The edits, all places that are left, those among them that the files leave open, and what is tied to a
    /// version that changes.
    pub(super) fn with_open(
        mut self,
        wish: &Wish,
        unresolved: &[Unresolved],
    ) -> (Vec<Edit>, Vec<Left>, Vec<(Place, String)>) {
        if wish.to.is_some() {
            unresolved.iter().for_each(|open| self.leave(open.at.clone(), open.reason));
        }
        self.left.sort();
        self.left.dedup();
        let edited: BTreeMap<&Place, &str> =
            self.edits.iter().map(|(at, edit)| (at, edit.text.as_str())).collect();
        let tag = |(at, tied): (Place, String)| {
            let text = edited.get(&at)?;
            let tag = format!("{text}-{tied}");
            Some((at, tag))
        };
        let tied = self.tied.into_iter().filter_map(tag).collect();
        let edits = self.edits.into_iter().map(|(_, edit)| edit).collect();
        (edits, self.left, tied)
    }
}

pub(super) fn wished(look: &Look<'_>, claims: &Claims, wish: &Wish) -> Moves {
    let mut moves = Moves::default();
    if !wish.keep.is_empty() {
        keep(look, wish, &mut moves);
    }
    let Some(to) = &wish.to else { return moves };
    let release = release(to, &look.releases.known);
    let wants = Wants { release: &release, fits: &|_| true };
    let read = look.repository.read_files().filter(|(path, ..)| !is_passed_over(path));
    for (path, kind, content) in read {
        let Ok(bytes) = content else { continue };
        match kind {
            FileKind::Pin => pin_file(look, (path, bytes), &wants, &mut moves),
            FileKind::Goenv => goenv(look, (path, bytes), &wants, &mut moves),
            _ => {}
        }
    }
    for site in look.sites.all() {
        module_file(look, site, (&release, wish.floors.then_some(to)), &mut moves);
    }
    of_claims(look, (claims, wish.floors), &release, &mut moves);
    // A text that stays leaves its place to the safe edits.
    let now = |edit: &Edit| look.lines.content(&edit.file)?.get(edit.start..edit.end);
    moves.edits.retain(|(_, edit)| now(edit) != Some(edit.text.as_bytes()));
    moves
}

/// The pins beside a kept one get what it says.
fn keep(look: &Look<'_>, wish: &Wish, moves: &mut Moves) {
    let pinned = pins::pinned(look, &mut Vec::new());
    for pins in pinned.values() {
        let Some(kept) = pins.iter().find(|pin| wish.keep.contains(&pin.at.file)) else { continue };
        let Some(release) = release_of(&kept.says, &look.releases.known) else { continue };
        let fits = |says: &Selector| agree(says, &kept.says);
        let wants = Wants { release: &release, fits: &fits };
        for pin in pins.iter().filter(|pin| !fits(&pin.says)) {
            moves.add(&pin.at, pin_edit(look, pin, &wants));
        }
    }
}

/// A GOTOOLCHAIN names a release in full.
fn pin_edit(look: &Look<'_>, pin: &Pinned, wants: &Wants<'_>) -> Result<Edit, Kept> {
    let full = |says: &Selector| says.exact() == Some(wants.release) && (wants.fits)(says);
    let in_full = Wants { release: wants.release, fits: &full };
    mend::pin(look, (&pin.at, &pin.says), if pin.in_goenv { &in_full } else { wants })
}

fn pin_file(look: &Look<'_>, file: (&str, &[u8]), wants: &Wants<'_>, moves: &mut Moves) {
    // Of a file that is refused a rule speaks.
    let Some(Ok(pin)) = pins::parsed(look, file) else { return };
    let at = place(look.host, &pin.origin);
    let edit = match needed_of_pin(look, &at, wants.release) {
        Some(need) => Err(below(need, wants.release)),
        None if pin.fallbacks.is_empty() => mend::pin(look, (&at, &pin.selector), wants),
        None => Err(mend::list(
            std::iter::once(&pin.selector).chain(&pin.fallbacks).map(ToString::to_string),
        )),
    };
    moves.add(&at, edit);
}

fn goenv(look: &Look<'_>, file: (&str, &[u8]), wants: &Wants<'_>, moves: &mut Moves) {
    let Some((at, value)) = pins::setting(look, file, "GOTOOLCHAIN") else { return };
    let Some(name) = Gotoolchain::parse(&value).ok().and_then(|toolchain| toolchain.name) else {
        return;
    };
    match named(&name, wants.release) {
        Err(why) => moves.leave(at, why),
        Ok(says) => {
            let pin = Pinned { says, at, in_goenv: true };
            let edit = match needed_of_pin(look, &pin.at, wants.release) {
                Some(need) => Err(below(need, wants.release)),
                None => pin_edit(look, &pin, wants),
            };
            moves.add(&pin.at, edit);
        }
    }
}

/// What a name says in whose place that of a release may stand; else why it may not.
fn named(name: &ToolchainName, release: &Version) -> Result<Selector, &'static str> {
    if !release.knows_gotoolchain() {
        return Err("no toolchain has a name before Go 1.21");
    }
    crate::pins::of_name(name).ok_or("a custom toolchain")
}

/// The toolchain line, and the go line if there is a version to which the caller raises those. A minor is that,
/// and not its newest patch: all who build with the module have to follow.
fn module_file(look: &Look<'_>, site: &Site, to: (&Version, Option<&Version>), moves: &mut Moves) {
    let (release, floor) = to;
    let kind = if site.is_work { Kind::Workspace } else { Kind::Module };
    let Some(bytes) = look.lines.content(&site.file) else { return };
    // Of a file that Go refuses a rule speaks.
    let Ok(syntax) = Syntax::parse(bytes, rules(kind)) else { return };
    if let Some(need) = site.floor.as_ref().filter(|need| *release < need.version) {
        let words = format!("{}, and Go {release} is below that", need.words());
        moves.leave(need.at.clone(), &words);
    }
    let mut least = site.lines.go_version();
    if let (Some(floor), Some(go), Some(has)) = (floor, &site.lines.go, least.clone()) {
        let floor = Version::parse(&patched(floor)).unwrap_or_else(|| floor.clone());
        let (new, at) = (respelt(&go.value, &floor), Place::line(&site.file, go.line));
        if let Some(version) = Version::parse(&new).filter(|version| has < *version) {
            moves.add(&at, set(site, &syntax, (Sole::Go, &new)));
            least = Some(version);
        }
    }
    toolchain_line(site, (release, least), moves, &syntax);
}

/// The edit that gives a line of a module file another value.
fn set(site: &Site, syntax: &Syntax, (sole, value): (Sole, &str)) -> Result<Edit, Kept> {
    let splice = syntax.splice(sole, value).map_err(|_| Kept::Computed)?;
    Ok(mend::spliced(&site.file, splice))
}

fn toolchain_line(
    site: &Site,
    (release, least): (&Version, Option<Version>),
    moves: &mut Moves,
    syntax: &Syntax,
) {
    let Some(line) = site.lines.toolchain.as_ref() else { return };
    let Some(name) = ToolchainName::parse(&line.value) else { return };
    let at = Place::line(&site.file, line.line);
    match named(&name, release) {
        Err(why) => moves.leave(at, why),
        Ok(_) if least.is_some_and(|least| *release < least) => {
            moves.leave(at, "it would be below the go line, where it has no effect");
        }
        Ok(_) => moves.add(&at, set(site, syntax, (Sole::Toolchain, &format!("go{release}")))),
    }
}

/// Each claim about one version. An image of a file that has several is one of them on purpose.
fn of_claims(
    look: &Look<'_>,
    (claims, floors): (&Claims, bool),
    release: &Version,
    moves: &mut Moves,
) {
    let mut images: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let of_images = || claims.claims.iter().filter(|claim| claim.kind == ClaimKind::Image);
    for said in of_images().flat_map(|claim| &claim.said) {
        images.entry(&said.at.file).or_default().insert(said.says.to_string());
    }
    for claim in &claims.claims {
        let Some(first) = claim.said.first() else { continue };
        let others = images.get(first.at.file.as_str()).map_or(0, BTreeSet::len);
        if claim.uses.builds() == Builds::Linted && !floors {
            moves.leave(first.at.clone(), "the language of a linter, which is that of the go line");
            continue;
        }
        let is_there = |said: &Said| said.says.matches(release);
        if claim.said.iter().all(is_there) && claim.said.len() == 1 && others > 1 {
            continue;
        }
        let edit = match needed(look, claim, release) {
            Some(need) => Err(below(need, release)),
            None if claim.kind == ClaimKind::Image && others > 1 => {
                Err(Kept::Several("versions of Go in this file"))
            }
            None => of_claim(look, claim, release),
        };
        moves.add(&first.at, edit);
        moves.tied.extend(first.tied.iter().map(|tied| (first.at.clone(), tied.clone())));
    }
}

/// What a build with a claimed Go needs, if the release is below that.
fn needed<'l>(look: &'l Look<'_>, claim: &Claim, release: &Version) -> Option<&'l Need> {
    let builds = claim.uses.iter().filter(|one| one.builds >= Builds::Doubtful);
    let mut needs = builds.filter_map(|one| look.sites.least_floor(&one.directory));
    needs.find(|need| *release < need.version)
}

/// What a module that is built with a pin needs, if the release is below that.
fn needed_of_pin<'l>(look: &'l Look<'_>, at: &Place, release: &Version) -> Option<&'l Need> {
    // Of several pins of a directory one counts, and the others say the same.
    let is_here = |one: &Statement| directory_of(&one.at.file) == directory_of(&at.file);
    let of = |site: &&Site| look.sites.statement(directory_of(&site.file));
    let built = look.sites.all().filter(|site| of(site).is_some_and(is_here));
    let mut needs = built.filter_map(|site| look.sites.floor(site));
    needs.find(|need| *release < need.version)
}

fn below(need: &Need, release: &Version) -> Kept {
    let Need { at, version, .. } = need;
    Kept::Below(format!("{} needs Go {version}, and Go {release} is below that", at.file))
}

/// The edit of one claim: in its own notation, if that fits the statements once they have moved, else in full.
fn of_claim(look: &Look<'_>, claim: &Claim, release: &Version) -> Result<Edit, Kept> {
    // The language of a linter is that of a minor.
    let compared = claim.uses.iter().filter(|one| one.builds != Builds::Linted);
    let stated = compared.filter_map(|one| look.sites.statement(&one.directory));
    // One that names another version moves in this round, or stays for a reason of its own.
    let moved = stated.filter(|one| one.kind != Of::GoLine && one.says.matches(release));
    let moved: Vec<_> = moved.collect();
    let fits = |says: &Selector| {
        moved.iter().all(|one| relation(look, claim.kind, one).holds(says, &one.says))
    };
    mend::claim(look, claim, &Wants { release, fits: &fits })
}
