//! A client of the Language Server Protocol, as much as a scripted session needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use goward_tests::call::Call;
use serde_json::{Value, json};

/// A server that says nothing for so long has failed. Generous: it loads the standard library.
const PATIENCE: Duration = Duration::from_secs(180);

/// A session with one server process.
pub(crate) struct Session {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    /// Messages that came while another was waited for.
    seen: Vec<Value>,
    last_id: u64,
}

/// The URI of a file.
pub(crate) fn uri(path: &Path) -> String {
    goward_testkit::url::of_file(path)
}

/// Reads one message; `None` at the end of the stream.
fn read_message(stdout: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if stdout.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

impl Session {
    /// Starts the server and initializes it with the workspace folders `folders`.
    pub(crate) fn start(server: &Call, folders: &[&Path]) -> Session {
        let mut child = server.spawn();
        let stdin = child.stdin.take().expect("it is piped");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut stderr = child.stderr.take().expect("it is piped");
        // The log must not fill its pipe.
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        let (send, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read_message(&mut stdout) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut session = Session { child, stdin, messages, seen: Vec::new(), last_id: 0 };
        let folder = |dir: &&Path| {
            let name = dir.file_name().map(|name| name.to_string_lossy());
            json!({"uri": uri(dir), "name": name})
        };
        let folders: Vec<_> = folders.iter().map(folder).collect();
        session.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": folders[0]["uri"],
                "workspaceFolders": folders,
                "capabilities": {
                    "workspace": {"configuration": true, "workspaceFolders": true},
                    "textDocument": {"hover": {"contentFormat": ["plaintext"]}},
                },
            }),
        );
        session.tell("initialized", &json!({}));
        session
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let sent = write!(self.stdin, "Content-Length: {}\r\n\r\n{body}", body.len());
        sent.and_then(|()| self.stdin.flush()).expect("the server reads its input");
    }

    /// Sends a notification.
    pub(crate) fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and returns its result, or its error.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let answer =
            self.wait(method, |message| message["id"] == id && message.get("method").is_none());
        answer.get("result").or(answer.get("error")).cloned().unwrap_or_default()
    }

    /// The diagnostics of a file, once there are some.
    pub(crate) fn diagnostics(&mut self, file: &str) -> Value {
        let about = |message: &Value| {
            let some =
                message["params"]["diagnostics"].as_array().is_some_and(|list| !list.is_empty());
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == file
                && some
        };
        self.wait("diagnostics", about)["params"]["diagnostics"].clone()
    }

    /// The first message for which `wanted` holds, among those seen and those to come. Requests
    /// of the server are answered meanwhile.
    fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&wanted) {
            return self.seen.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.unwrap_or_else(|error| {
                panic!("no {what}: {error}; before that: {:#?}", self.seen);
            });
            if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
                let items = message["params"]["items"].as_array().map_or(0, Vec::len);
                let result = match method {
                    "workspace/configuration" => json!(vec![json!({}); items]),
                    _ => Value::Null,
                };
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
            } else if wanted(&message) {
                return message;
            } else {
                self.seen.push(message);
            }
        }
    }

    /// Ends the session in the order that the protocol wants; the server must end by itself.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.ask("shutdown", &Value::Null);
        self.tell("exit", &Value::Null);
        self.child.wait().expect("a child can be waited for").code()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // After a failure; a server that has ended is none the worse for it.
        let _ = self.child.kill();
    }
}
