"""GitHub's cache service on loopback, in its two versions, for the genuine client.

Version 1 takes parts by PATCH. Version 2, which github.com has, is three calls of Twirp, and blobs as Azure has them.
"""

import json
import re
import urllib.parse

from hub import Quiet, serve

V1 = "/_apis/artifactcache/"
TWIRP = "/twirp/github.actions.results.api.v1.CacheService/"


class Store:
    """What was saved, in order, with the bytes that were moved: `up` to the service, `down` from it."""

    def __init__(self):
        self.entries, self.up, self.down = [], 0, 0
        self.url = serve(type("Handler", (Service,), {"store": self}))

    def reserve(self, key, version):
        """The number of a new entry, or None if there is one of that name."""
        if any((entry.key, entry.version) == (key, version) for entry in self.entries):
            return None
        self.entries.append(Entry(key, version))
        return len(self.entries)

    def find(self, keys, version):
        """The number of the newest entry that the first key begins that begins any."""
        for key in keys:
            for number in range(len(self.entries), 0, -1):
                entry = self.numbered(number)
                if entry.done and entry.version == version and entry.key.startswith(key):
                    return number
        return None

    def numbered(self, number):
        """An entry by its number. The first is 1, since the client takes 0 for none."""
        return self.entries[number - 1]

    def saved(self, word=""):
        """The names of the entries that have a word in them, in the order of saving."""
        return [entry.key for entry in self.entries if entry.done and word in entry.key]

    def newest(self, word):
        """The newest entry with a word in its name."""
        return next(entry for entry in reversed(self.entries) if entry.done and word in entry.key)

    def moved(self):
        """The bytes that were moved since the last call."""
        moved, self.up, self.down = self.up + self.down, 0, 0
        return moved


class Entry:
    """One archive, with the parts of it that have come."""

    def __init__(self, key, version):
        self.key, self.version, self.parts, self.data, self.done = key, version, {}, b"", False

    def join(self, names):
        self.data = b"".join(self.parts[name] for name in names)


class Service(Quiet):
    """Answers the client. What is asked for by another path is an error that the log shows."""

    store = None

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == f"{V1}cache":
            asked = urllib.parse.parse_qs(query)
            number = self.store.find(asked["keys"][0].split(","), asked["version"][0])
            if number is None:
                return self.answer(b"", 204)
            return self.json({"cacheKey": self.store.numbered(number).key, "archiveLocation": self.blob(number)})
        entry = self.entry(path)
        if not entry:
            return self.answer(b"", 404)
        self.store.down += len(entry.data)
        return self.answer(entry.data)

    def do_POST(self):
        body = json.loads(self.body())
        if self.path.startswith(TWIRP):
            return self.json({
                "CreateCacheEntry": self.create, "FinalizeCacheEntryUpload": self.complete, "GetCacheEntryDownloadURL": self.lookup,
            }[self.path[len(TWIRP):]](body))
        if self.path == f"{V1}caches":
            number = self.store.reserve(body["key"], body["version"])
            return self.json({"message": "it is there"}, 409) if number is None else self.json({"cacheId": number}, 201)
        entry = self.entry(self.path)
        entry.join(sorted(entry.parts))
        entry.done = True
        return self.answer(b"", 204)

    def do_PATCH(self):
        first = int(re.match(r"bytes (\d+)-", self.headers["Content-Range"])[1])
        self.keep(first)
        return self.answer(b"", 204)

    def do_PUT(self):
        """Azure's blobs: whole, or by blocks and then the list of their names."""
        path, _, query = self.path.partition("?")
        asked = urllib.parse.parse_qs(query)
        if asked.get("comp") == ["blocklist"]:
            self.entry(path).join(re.findall(r"<Latest>([^<]+)</Latest>", self.body().decode()))
        elif asked.get("comp") == ["block"]:
            self.keep(asked["blockid"][0])
        else:
            self.keep("all")
            self.entry(path).join(["all"])
        return self.answer(b"", 201, ETag='"1"', x_ms_request_id="1", x_ms_version="2024-11-04")

    def create(self, body):
        number = self.store.reserve(body["key"], body["version"])
        return {"ok": False} if number is None else {"ok": True, "signed_upload_url": self.blob(number)}

    def complete(self, body):
        for number, entry in enumerate(self.store.entries, 1):
            if (entry.key, entry.version) == (body["key"], body["version"]):
                entry.done = True
                return {"ok": True, "entry_id": str(number)}
        return {"ok": False}

    def lookup(self, body):
        number = self.store.find([body["key"], *body.get("restore_keys", [])], body["version"])
        if number is None:
            return {"ok": False}
        return {"ok": True, "signed_download_url": self.blob(number), "matched_key": self.store.numbered(number).key}

    def entry(self, path):
        """The entry that a path ends with."""
        number = re.search(r"/(\d+)$", path.partition("?")[0])
        return self.store.numbered(int(number[1])) if number else None

    def keep(self, name):
        data = self.body()
        self.store.up += len(data)
        self.entry(self.path).parts[name] = data

    def blob(self, number):
        # An account first, as where Azure's service is an address and no name.
        return f"{self.store.url}/account/caches/{number}?sig=0123456789abcdef"

    def json(self, value, status=200):
        self.answer(json.dumps(value).encode(), status, Content_Type="application/json")
