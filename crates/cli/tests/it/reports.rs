//! `goward check --format sarif` and `gitlab`, held against what the systems that take them demand, and
//! `--output`.

use crate::machine::Machine;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// A repository with findings of each severity, one of them twice, and odd names.
fn repository() -> Machine {
    let m = Machine::new();
    m.write("p/.go-version", "1.27.0\n1.26.0\n");
    m.write("p/go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.25.5\n");
    m.write("p/a b%:#é/Dockerfile", "FROM golang:1.20.99\nFROM golang:1.20.99\n");
    let steps = "[{uses: actions/setup-go@v6, with: {go-version: 1.20}}]";
    m.write("p/.github/workflows/ci.yml", &format!("# é\njobs: {{t: {{steps: {steps}}}}}\n"));
    m
}

fn report(m: &Machine, format: &str) -> Value {
    let ran = m.run(&["check", "--format", format]);
    assert_eq!((ran.code, ran.stderr.as_str()), (7, ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

#[track_caller]
fn fits(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

/// An object of JSON with these properties and no others, some of which must be there.
fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false
    })
}

/// A list with an item at least.
fn some(items: Value) -> Value {
    json!({ "type": "array", "minItems": 1, "items": items })
}

fn text() -> Value {
    object(&["text"], json!({ "text": { "type": "string", "minLength": 1 } }))
}

fn region() -> Value {
    let number = json!({ "type": "integer", "minimum": 1 });
    let properties = json!({
        "startLine": number, "startColumn": number, "endLine": number, "endColumn": number
    });
    object(&["startLine"], properties)
}

fn file() -> Value {
    let properties = json!({
        "uri": { "type": "string", "pattern": "^[A-Za-z0-9._%/~!$&'()*+,;=@-]+$" },
        "uriBaseId": { "const": "%SRCROOT%" }
    });
    object(&["uri"], properties)
}

fn location() -> Value {
    let physical = json!({ "artifactLocation": file(), "region": region() });
    let properties = json!({
        "id": { "type": "integer", "minimum": 0 },
        "message": text(),
        "physicalLocation": object(&["artifactLocation", "region"], physical)
    });
    object(&["physicalLocation"], properties)
}

fn mend() -> Value {
    let inserted = object(&["text"], json!({ "text": { "type": "string" } }));
    let properties = json!({ "deletedRegion": region(), "insertedContent": inserted });
    let replacement = object(&["deletedRegion"], properties);
    let properties = json!({ "artifactLocation": file(), "replacements": some(replacement) });
    let change = object(&["artifactLocation", "replacements"], properties);
    let properties = json!({ "description": text(), "artifactChanges": some(change) });
    object(&["artifactChanges"], properties)
}

fn level() -> Value {
    json!({ "enum": ["none", "note", "warning", "error"] })
}

fn rule() -> Value {
    let properties = json!({
        "id": { "type": "string" },
        "shortDescription": text(),
        "helpUri": { "type": "string", "format": "uri" },
        "defaultConfiguration": object(&[], json!({ "level": level() }))
    });
    object(&["id", "shortDescription"], properties)
}

fn result() -> Value {
    let print = json!({ "primaryLocationLineHash": { "type": "string" } });
    let properties = json!({
        "ruleId": { "type": "string" },
        "ruleIndex": { "type": "integer", "minimum": 0 },
        "level": level(),
        "message": text(),
        "locations": some(location()),
        "relatedLocations": some(location()),
        "partialFingerprints": object(&["primaryLocationLineHash"], print),
        "fixes": some(mend())
    });
    object(&["ruleId", "message", "locations", "partialFingerprints"], properties)
}

fn invocation() -> Value {
    let properties = json!({ "id": { "type": "string" }, "index": { "type": "integer" } });
    let descriptor = object(&["id"], properties);
    let properties = json!({ "enabled": { "type": "boolean" }, "level": level() });
    let properties = json!({ "descriptor": descriptor, "configuration": object(&[], properties) });
    let overrides = some(object(&["descriptor", "configuration"], properties));
    let properties = json!({
        "executionSuccessful": { "type": "boolean" },
        "ruleConfigurationOverrides": overrides
    });
    object(&["executionSuccessful"], properties)
}

/// The properties that GitHub demands or reads of SARIF 2.1.0, with the types of its schema.
fn sarif() -> Value {
    let driver = json!({
        "name": { "type": "string" },
        "version": { "type": "string" },
        "informationUri": { "type": "string", "format": "uri" },
        "rules": some(rule())
    });
    let tool = json!({ "driver": object(&["name", "rules"], driver) });
    let run = json!({
        "tool": object(&["driver"], tool),
        "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
        "invocations": some(invocation()),
        "results": { "type": "array", "items": result() }
    });
    let properties = json!({
        "$schema": { "type": "string", "format": "uri" },
        "version": { "const": "2.1.0" },
        "runs": some(object(&["tool", "results"], run))
    });
    object(&["$schema", "version", "runs"], properties)
}

#[test]
fn sarif_has_what_code_scanning_demands() {
    let document = report(&repository(), "sarif");
    fits(&sarif(), &document);
    let run = &document["runs"][0];
    let (rules, results) = (&run["tool"]["driver"]["rules"], run["results"].as_array().unwrap());
    let mut prints = BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let print = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(prints.insert(print.to_string()), "{result:#}");
    }
    let of = |rule: &str| {
        let mut of_rule = results.iter().filter(|result| result["ruleId"] == rule);
        of_rule.next().unwrap_or_else(|| panic!("{rule}: {document:#}"))
    };
    let quoted = &of("yaml-number")["fixes"][0]["artifactChanges"][0]["replacements"][0];
    let region = json!({ "startLine": 2, "startColumn": 67, "endLine": 2, "endColumn": 71 });
    assert_eq!(quoted["deletedRegion"], region);
    assert_eq!(quoted["insertedContent"]["text"], "'1.20'");
    let line = &of("toolchain-below-go");
    assert_eq!(line["relatedLocations"][0]["message"]["text"], "this go line");
    let removed = &line["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"];
    let region = json!({ "startLine": 4, "startColumn": 1, "endLine": 6, "endColumn": 1 });
    assert_eq!(*removed, region);
    let image = &of("version-unknown")["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(image["uri"], "a%20b%25%3A%23%C3%A9/Dockerfile");
    let levels: BTreeSet<&str> = results.iter().map(|one| one["level"].as_str().unwrap()).collect();
    assert_eq!(levels, BTreeSet::from(["error", "note", "warning"]));
}

/// The properties of <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.
#[test]
fn gitlab_has_what_code_quality_demands() {
    let schema = json!({ "type": "array", "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": { "type": "string", "minLength": 1 },
            "check_name": { "type": "string" },
            "fingerprint": { "type": "string" },
            "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": { "type": "string", "pattern": "^[^./]|^\\.[^/]" },
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": { "begin": { "type": "integer", "minimum": 1 } }
                    }
                }
            }
        },
        "additionalProperties": false
    } });
    let m = repository();
    let document = report(&m, "gitlab");
    fits(&schema, &document);
    let issues = document.as_array().unwrap();
    let prints: BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len(), "GitLab takes two with one fingerprint for one");
    assert_eq!(
        issues.len(),
        m.run(&["check", "--json"]).stdout.matches("\"fingerprint\":").count()
    );
    let empty = Machine::new().ok(&["check", "--format", "gitlab"]);
    assert_eq!(empty, "[]\n");
}

/// A rule that is off or less severe than its table says is told in every form.
#[test]
fn what_a_policy_switches_off_is_in_every_form() {
    let m = repository();
    let lower = "[check.rules]\nversion-unknown = \"note\"\nversion-eol = \"off\"\n";
    m.write("p/.goward.toml", lower);
    let document = report(&m, "sarif");
    fits(&sarif(), &document);
    let overrides = &document["runs"][0]["invocations"][0]["ruleConfigurationOverrides"];
    let said: Vec<(&Value, &Value)> = overrides
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["descriptor"]["id"], &one["configuration"]))
        .collect();
    let off = json!({ "enabled": false });
    let note = json!({ "enabled": true, "level": "note" });
    assert_eq!(said, [(&json!("version-eol"), &off), (&json!("version-unknown"), &note)]);
    let words = "rules off: version-eol; rules lowered: version-unknown (note)";
    let issues = report(&m, "gitlab");
    let last = issues.as_array().unwrap().last().unwrap();
    assert_eq!(last["description"], words);
    assert_eq!(last["location"], json!({ "path": ".goward.toml", "lines": { "begin": 1 } }));
    let github = m.run(&["check", "--format", "github"]).stdout;
    assert!(github.ends_with(&format!("::notice title=goward::{words}\n")), "{github}");
}

#[test]
fn a_report_goes_to_a_file_whole_or_not_at_all() {
    let m = repository();
    let file = m.path("p/out");
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let printed = m.command(&["check", "--format", format]).output().unwrap();
        let written = m.run(&["check", "--format", format, "--output", "out"]);
        assert_eq!((written.code, written.stdout.as_str(), written.stderr.as_str()), (7, "", ""));
        assert_eq!(fs::read(&file).unwrap(), printed.stdout, "{format}");
        fs::remove_file(&file).unwrap();
    }
    let m = m.with("CLICOLOR_FORCE", "1");
    m.run(&["check", "--output", "out"]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("error[") && !text.contains('\u{1b}'), "{text}");
    // Where there is no report, the old one stays.
    assert_eq!(m.run(&["check", "nowhere", "--output", "out"]).code, 1);
    m.write("p/.goward.toml", "x\n");
    assert_eq!(m.run(&["check", "--output", "out"]).code, 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    fs::remove_file(m.path("p/.goward.toml")).unwrap();
    for (name, why) in [("no/out", "No such file"), (".github", "is a directory")] {
        let ran = m.run(&["check", "--output", name]);
        assert!(ran.code == 1 && ran.stderr.contains(why), "{} {}", ran.code, ran.stderr);
    }
}

/// A report that is lost has no status of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_told() {
    let m = repository();
    for args in [&["check"][..], &["check", "--json"], &["check", "--format", "sarif"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = m.command(args).stdout(full).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{said}");
        assert!(said.starts_with("goward: error: cannot write to stdout\n"), "{said}");
    }
}

#[test]
fn severities_have_colours_of_their_own() {
    let m = Machine::new().with("CLICOLOR_FORCE", "1");
    m.write("p/.go-version", "1.24.3\n");
    m.write("p/a/go.mod", "module a\n\ngo 1.26.0\n");
    m.write("p/b/.go-version", "1.24.3\n1.25\n");
    m.write("p/b/Dockerfile", "FROM golang:1.24\n");
    let said = m.run(&["check"]).stdout;
    assert!(said.contains("\u{1b}[1;31merror["), "{said}");
    assert!(said.contains("\u{1b}[1;33mwarning["), "{said}");
    assert!(!said.contains("\u{1b}[1;32mwarning["), "{said}");
}

#[cfg(unix)]
#[test]
fn a_report_goes_through_no_link() {
    let m = repository();
    let aim = m.write("aim", "mine\n");
    std::os::unix::fs::symlink(&aim, m.path("p/out")).unwrap();
    let ran = m.run(&["check", "--output", "out"]);
    assert!(ran.code == 1 && ran.stderr.contains("it is a link"), "{} {}", ran.code, ran.stderr);
    assert_eq!(m.read("aim"), "mine\n");
    assert!(m.path("p/out").is_symlink());
    // Nor through a directory that the repository links.
    m.write("away/sub/x", "");
    std::os::unix::fs::symlink("../away", m.path("p/reports")).unwrap();
    std::os::unix::fs::symlink("p", m.path("way")).unwrap();
    for name in ["reports/out", "reports/sub/out", "reports/../out", "../way/reports/out"] {
        let ran = m.run(&["check", "--output", name]);
        assert!(ran.code == 1, "{name}: {}", ran.code);
        assert!(ran.stderr.contains("/reports is a link of the repository\n"), "{}", ran.stderr);
    }
    assert!(!m.path("away/out").exists() && !m.path("away/sub/out").exists());
    assert!(!m.path("out").exists());
    // The user's own links are the user's own.
    std::os::unix::fs::symlink("away", m.path("mine")).unwrap();
    for name in ["../mine/out", "../way/plain"] {
        assert_eq!(m.run(&["check", "--output", name]).code, 7);
    }
    assert!(m.path("away/out").exists() && m.path("p/plain").exists());
}
