//! Where an address leads, as far as its host says: to a vendor, to a place for anyone's files, to a bare number, to nowhere.
//!
//! Long because of its lists, which are data.

use std::net::Ipv4Addr;

/// A web address, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// As it is written.
    pub whole: &'a str,
    /// Without a port.
    pub host: &'a str,
    /// From the first `/` on; may be empty.
    pub path: &'a str,
    /// Whether it begins with `http://`, which anyone on the way can answer.
    pub is_plain: bool,
}

/// What kind of place a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// This machine or this network.
    Near,
    /// A name that stands for another: `example.com`, `your-domain`.
    StandIn,
    /// The vendor of a widely used tool, or the home of its source.
    Vendor,
    /// A repository, or the files of one, of an owner not known here.
    Repository,
    /// A service that shortens addresses.
    Shortener,
    /// A place where anyone leaves files or collects requests without a name.
    DropBox,
    /// A number instead of a name, in the public network.
    Number,
    /// A name like `evil.com`.
    Hostile,
    Other,
}

/// Hosts of the vendors of widely used tools, whose own pages tell people to pipe an installer into a shell; subdomains count
/// too. Among them are those that the public repositories of skills name which were read in 2026-11.
const VENDORS: &[&str] = &[
    "aka.ms",
    "ampcode.com",
    "anaconda.com",
    "anaconda.org",
    "ansible.com",
    "antigravity.google",
    "apache.org",
    "apple.com",
    "arkade.dev",
    "aspire.dev",
    "astral.sh",
    "atlasgo.sh",
    "atlassian.com",
    "awscli.amazonaws.com",
    "apollographql.com",
    "app.factory.ai",
    "archlinux.org",
    "biomejs.dev",
    "block.xyz",
    "brew.sh",
    "buf.build",
    "bun.com",
    "bun.sh",
    "canonical.com",
    "charm.sh",
    "checkly.com",
    "chocolatey.org",
    "claude.ai",
    "claude.com",
    "anthropic.com",
    "clickhouse.com",
    "cloudflare.com",
    "cockroachlabs.com",
    "coderabbit.ai",
    "convex.dev",
    "crates.io",
    "crystal-lang.org",
    "cursor.com",
    "dagger.io",
    "dapr.io",
    "datadoghq.com",
    "debian.org",
    "deno.land",
    "deno.com",
    "depot.dev",
    "determinate.systems",
    "dl.k8s.io",
    "k8s.io",
    "kubernetes.io",
    "docker.com",
    "doppler.com",
    "dot.net",
    "dotnet.microsoft.com",
    "microsoft.com",
    "duckdb.org",
    "earthly.dev",
    "elastic.co",
    "elixir-lang.org",
    "elementary.io",
    "encore.dev",
    "expo.dev",
    "fedoraproject.org",
    "flatpak.org",
    "fluxcd.io",
    "flutter.dev",
    "fly.io",
    "fnm.vercel.app",
    "foundry.paradigm.xyz",
    "getcomposer.org",
    "getdbt.com",
    "getfoundry.sh",
    "gh.io",
    "github.com",
    "githubusercontent.com",
    "gitlab.com",
    "gnu.org",
    "goreleaser.com",
    "dl.google.com",
    "cloud.google.com",
    "grafana.com",
    "haskell.org",
    "haskellstack.org",
    "hashicorp.com",
    "helm.sh",
    "heroku.com",
    "hex.pm",
    "huggingface.co",
    "hf.co",
    "infracost.io",
    "influxdata.com",
    "influxdb.com",
    "istio.io",
    "jbang.dev",
    "jetbrains.com",
    "jetify.com",
    "jetpack.io",
    "julialang.org",
    "k3s.io",
    "k6.io",
    "kali.org",
    "kiro.dev",
    "launchdarkly.com",
    "linkerd.io",
    "llamaindex.ai",
    "lmstudio.ai",
    "mamba.pm",
    "mariadb.com",
    "meteor.com",
    "mise.jdx.dev",
    "mise.run",
    "modular.com",
    "mongodb.com",
    "mongodb.org",
    "mysql.com",
    "neon.com",
    "neon.tech",
    "netlify.com",
    "newrelic.com",
    "nextdns.io",
    "nginx.org",
    "nixos.org",
    "nodejs.org",
    "nodesource.com",
    "npmjs.com",
    "npmjs.org",
    "nushell.sh",
    "nvidia.com",
    "ollama.ai",
    "ollama.com",
    "ohmyposh.dev",
    "ohmyz.sh",
    "openai.com",
    "opencode.ai",
    "openfaas.com",
    "openhands.dev",
    "opentofu.org",
    "oracle.com",
    "packagecloud.io",
    "packages.microsoft.com",
    "pdm-project.org",
    "percona.com",
    "perl.org",
    "php.net",
    "php.new",
    "pixi.sh",
    "planetscale.com",
    "pnpm.io",
    "poetry.eustace.io",
    "postgresql.org",
    "prefix.dev",
    "prisma.io",
    "proto.moonrepo.dev",
    "moonrepo.dev",
    "psdb.cloud",
    "pulumi.com",
    "pypa.io",
    "pypi.org",
    "pyenv.run",
    "python.org",
    "python-poetry.org",
    "qdrant.tech",
    "railway.app",
    "railway.com",
    "rancher.com",
    "redhat.com",
    "redis.io",
    "render.com",
    "replicate.com",
    "rubygems.org",
    "ruby-lang.org",
    "rust-lang.org",
    "rustup.rs",
    "rvm.io",
    "rclone.org",
    "salesforce.com",
    "sdkman.io",
    "semgrep.dev",
    "semgrep.com",
    "sentry.io",
    "shopify.com",
    "sh.rustup.rs",
    "signoz.io",
    "snapcraft.io",
    "snyk.io",
    "solana.com",
    "anza.xyz",
    "sonarsource.com",
    "sourcegraph.com",
    "spin.dev",
    "sqlite.org",
    "starship.rs",
    "steampipe.io",
    "stripe.com",
    "supabase.com",
    "surrealdb.com",
    "swift.org",
    "symfony.com",
    "tailscale.com",
    "tea.xyz",
    "temporal.download",
    "temporal.io",
    "tigris.dev",
    "tiup-mirrors.pingcap.com",
    "trunk.io",
    "tur.so",
    "turso.tech",
    "ubuntu.com",
    "upbound.io",
    "uv.astral.sh",
    "vector.dev",
    "vercel.com",
    "vite.plus",
    "volta.sh",
    "warp.dev",
    "wasmer.io",
    "wasmtime.dev",
    "windsurf.com",
    "xata.io",
    "yarnpkg.com",
    "zed.dev",
    "zellij.dev",
    "ziglang.org",
    "zsa.io",
    "acme.sh",
    "zerotier.com",
    "caddyserver.com",
    "getcaddy.com",
    "golang.org",
    "go.dev",
    "gradle.org",
    "maven.org",
    "scala-lang.org",
    "coursier.io",
    "typst.community",
    "determined.ai",
    "modal.com",
    "weaviate.io",
    "trychroma.com",
    "milvus.io",
    "zilliz.com",
    "crewai.com",
    "langchain.com",
    "e2b.dev",
];

/// Owners of widely used repositories whose installers lie beside their source.
const OWNERS: &[&str] = &[
    "ajeetdsouza",
    "anchore",
    "ansible",
    "anthropics",
    "aquasecurity",
    "argoproj",
    "asdf-vm",
    "astral-sh",
    "aws",
    "aws-cloudformation",
    "azure",
    "bazelbuild",
    "block",
    "bufbuild",
    "casey",
    "cilium",
    "cli",
    "cloudflare",
    "composer",
    "conda-forge",
    "containerd",
    "coursier",
    "dagger",
    "danielmiessler",
    "dapr",
    "deislabs",
    "denoland",
    "derailed",
    "dhall-lang",
    "digitalocean",
    "docker",
    "dotnet",
    "facebook",
    "fluxcd",
    "fossas",
    "github",
    "githubnext",
    "gitleaks",
    "golangci",
    "google",
    "goreleaser",
    "grafana",
    "hashicorp",
    "helm",
    "homebrew",
    "huggingface",
    "infracost",
    "istio",
    "jdx",
    "jenkins-x",
    "jesseduffield",
    "jfrog",
    "johnkerl",
    "junegunn",
    "k0sproject",
    "k3d-io",
    "k3s-io",
    "knative",
    "kubeflow",
    "kubernetes",
    "kubernetes-sigs",
    "kubescape",
    "kudobuilder",
    "linuxcontainers",
    "microsoft",
    "moby",
    "modelcontextprotocol",
    "netdata",
    "nodejs",
    "nodesource",
    "nvm-sh",
    "ohmyzsh",
    "ollama",
    "open-policy-agent",
    "openai",
    "openfaas",
    "opentofu",
    "oven-sh",
    "pnpm",
    "pulumi",
    "pypa",
    "pyenv",
    "python-poetry",
    "rancher",
    "rbenv",
    "reviewdog",
    "rhysd",
    "ruby",
    "rust-lang",
    "rustwasm",
    "sdkman",
    "securego",
    "shellspec",
    "sigstore",
    "snyk",
    "spf13",
    "sst",
    "sharkdp",
    "stackrox",
    "starship",
    "stedolan",
    "supabase",
    "tektoncd",
    "terraform-linters",
    "terraform-docs",
    "tfutils",
    "tj",
    "trufflesecurity",
    "tursodatabase",
    "vercel",
    "vmware-tanzu",
    "volta-cli",
    "wasmerio",
    "warp-tech",
    "yarnpkg",
    "zdharma-continuum",
    "zsh-users",
    "zricethezav",
    "ziglang",
];

const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "t.co",
    "goo.gl",
    "is.gd",
    "ow.ly",
    "rb.gy",
    "cutt.ly",
    "shorturl.at",
    "t.ly",
    "v.gd",
    "buff.ly",
    "rebrand.ly",
    "s.id",
    "tiny.cc",
    "bl.ink",
];

/// Services where anyone leaves text or files, or collects requests, without a name.
const DROP_BOXES: &[&str] = &[
    "pastebin.com",
    "transfer.sh",
    "file.io",
    "0x0.st",
    "catbox.moe",
    "gofile.io",
    "temp.sh",
    "rentry.co",
    "glot.io",
    "hastebin.com",
    "paste.ee",
    "webhook.site",
    "requestbin.com",
    "requestbin.net",
    "pipedream.net",
    "oast.fun",
    "oast.pro",
    "oast.live",
    "oast.site",
    "oast.online",
    "oast.me",
    "interact.sh",
    "anonfiles.com",
    "bashupload.com",
    "termbin.com",
    "ghostbin.co",
    "ghostbin.com",
    "dpaste.org",
    "dpaste.com",
    "mediafire.com",
    "mega.nz",
    "ix.io",
    "sprunge.us",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "trycloudflare.com",
    "serveo.net",
    "loca.lt",
    "localhost.run",
];

/// Parts of hosts that say what they are for, not whose they are.
const GENERIC: &[&str] = &[
    "get",
    "install",
    "installer",
    "sh",
    "www",
    "cli",
    "app",
    "apps",
    "download",
    "downloads",
    "dl",
    "cdn",
    "static",
    "docs",
    "api",
    "run",
    "raw",
    "pkg",
    "pkgs",
    "packages",
    "setup",
    "update",
    "releases",
    "release",
    "files",
    "assets",
    "storage",
    "repo",
    "apt",
    "deb",
    "rpm",
    "go",
    "dev",
    "io",
    "com",
    "net",
    "org",
    "co",
    "ai",
    "github",
    "gitlab",
];

impl<'a> Address<'a> {
    /// Takes an address apart; a missing scheme counts as one that is safe.
    pub fn of(whole: &'a str) -> Option<Self> {
        let whole = whole.trim_end_matches([
            '.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '"', '`', '*', '\\',
        ]);
        let lower_scheme = whole.get(..8.min(whole.len()))?.to_ascii_lowercase();
        let (is_plain, rest) = if lower_scheme.starts_with("https://") {
            (false, &whole[8..])
        } else if lower_scheme.starts_with("http://") {
            (true, &whole[7..])
        } else {
            (false, whole)
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest[..end].rsplit('@').next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        let is_host = !host.is_empty()
            && host
                .chars()
                .all(|part| part.is_alphanumeric() || matches!(part, '.' | '-' | '_'));
        is_host.then_some(Self {
            whole,
            host,
            path: &rest[end..],
            is_plain,
        })
    }

    /// What kind of place its host is.
    pub fn place(&self) -> Place {
        let host = self.host.to_ascii_lowercase();
        if let Ok(number) = host.parse::<Ipv4Addr>() {
            return if is_public(number) {
                Place::Number
            } else {
                Place::Near
            };
        }
        if is_near(&host) {
            return Place::Near;
        }
        if is_hostile(&host, self.path) {
            return Place::Hostile;
        }
        if is_stand_in(&host) {
            return Place::StandIn;
        }
        if let Some(owner) = self.owner() {
            let owner = owner.to_ascii_lowercase();
            return if OWNERS.contains(&owner.as_str()) {
                Place::Vendor
            } else if is_stand_in_owner(&owner) {
                Place::StandIn
            } else {
                Place::Repository
            };
        }
        if below_any(&host, SHORTENERS) {
            return Place::Shortener;
        }
        if below_any(&host, DROP_BOXES) {
            return Place::DropBox;
        }
        if below_any(&host, VENDORS) && !host.starts_with("gist.") {
            return Place::Vendor;
        }
        Place::Other
    }

    /// The owner of the repository that the address leads into.
    fn owner(&self) -> Option<&'a str> {
        let host = self.host.to_ascii_lowercase();
        let is_code = matches!(
            host.as_str(),
            "github.com"
                | "raw.githubusercontent.com"
                | "raw.github.com"
                | "gitlab.com"
                | "bitbucket.org"
                | "codeberg.org"
                | "gist.githubusercontent.com"
                | "gist.github.com"
                | "cdn.jsdelivr.net"
        );
        let path = self
            .path
            .strip_prefix("/gh")
            .filter(|_| host.starts_with("cdn."))
            .unwrap_or(self.path);
        let owner = path.split('/').nth(1).filter(|owner| !owner.is_empty())?;
        let from_pages = host
            .strip_suffix(".github.io")
            .map(|_| self.host.split('.').next().unwrap_or_default());
        if is_code { Some(owner) } else { from_pages }
    }

    /// Words whose mention elsewhere says whose host it is: `linkerd` of `run.linkerd.io`, owner and name of a repository.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut parts: Vec<&str> = self.host.split('.').collect();
        if self.owner().is_some() {
            names.extend(self.path.split('/').skip(1).take(2).map(str::to_owned));
        } else {
            if parts.len() > 1 {
                let joined: String = parts[parts.len() - 2..].concat();
                names.push(joined);
            }
            parts.pop();
            names.extend(parts.into_iter().map(str::to_owned));
        }
        names.retain(|name| name.len() >= 4 && !GENERIC.contains(&name.to_ascii_lowercase().as_str()));
        names
    }
}

/// Whether the host is one of the list or lies below it.
fn below_any(host: &str, list: &[&str]) -> bool {
    list.iter().any(|known| {
        host.strip_suffix(known)
            .is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

/// Whether an address of that number leads into the public network. Networks for documentation, and the resolvers that every
/// example names, lead nowhere of interest.
fn is_public(number: Ipv4Addr) -> bool {
    let [a, b, _, _] = number.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_known = matches!(
        number.octets(),
        [1, 1, 1, 1] | [1, 0, 0, 1] | [8, 8, 8, 8] | [8, 8, 4, 4] | [9, 9, 9, 9] | [1, 2, 3, 4]
    );
    !(number.is_private()
        || number.is_loopback()
        || number.is_link_local()
        || number.is_documentation()
        || number.is_unspecified()
        || number.is_broadcast()
        || number.is_multicast()
        || a == 0
        || a >= 240
        || is_shared
        || is_known)
}

fn is_near(host: &str) -> bool {
    host == "localhost"
        || host == "host.docker.internal"
        || !host.contains('.')
        || [".local", ".localhost", ".internal", ".lan", ".home", ".svc"]
            .iter()
            .any(|end| host.ends_with(end))
}

fn is_hostile(host: &str, path: &str) -> bool {
    let labels = host.split(['.', '-', '_']);
    let bad = [
        "evil",
        "attacker",
        "attackers",
        "malicious",
        "malware",
        "badguy",
        "exfil",
        "c2",
        "pwned",
        "payload",
        "stealer",
        "phish",
    ];
    let mut labels = labels.into_iter();
    labels.any(|label| bad.contains(&label))
        || path.contains("/payload")
        || path.contains("/exfil")
        || path.contains("/malware")
}

fn is_stand_in(host: &str) -> bool {
    let last_two: Vec<&str> = host.rsplitn(3, '.').take(2).collect();
    let name = last_two.get(1).copied().unwrap_or(host);
    let top = last_two.first().copied().unwrap_or_default();
    matches!(top, "example" | "test" | "invalid" | "tld")
        || matches!(
            name,
            "example"
                | "domain"
                | "mydomain"
                | "yourdomain"
                | "yoursite"
                | "mysite"
                | "company"
                | "yourcompany"
                | "mycompany"
                | "acme"
                | "myapp"
                | "yourapp"
                | "host"
                | "hostname"
                | "site"
                | "website"
                | "server"
                | "url"
        )
        || host.contains("example.")
        || host.starts_with("your-")
        || host.contains(".your-")
        || host.contains("your_")
        || host.contains("placeholder")
        || host.contains("xxxx")
}

fn is_stand_in_owner(owner: &str) -> bool {
    matches!(
        owner,
        "user"
            | "username"
            | "owner"
            | "org"
            | "organization"
            | "your"
            | "yourorg"
            | "yourname"
            | "youruser"
            | "yourusername"
            | "myorg"
            | "example"
            | "acme"
            | "company"
            | "me"
            | "repo"
            | "name"
            | "mycompany"
            | "orgname"
    ) || owner.starts_with("your-")
        || owner.starts_with("my-")
        || owner.starts_with("example")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_by_name_number_and_owner() {
        for (address, expected) in [
            ("https://astral.sh/uv/install.sh", Place::Vendor),
            ("https://sh.rustup.rs", Place::Vendor),
            ("https://notastral.sh/x", Place::Other),
            (
                "https://raw.githubusercontent.com/nvm-sh/nvm/v0.40.1/install.sh",
                Place::Vendor,
            ),
            (
                "https://raw.githubusercontent.com/some-body/tool/main/install.sh",
                Place::Repository,
            ),
            (
                "https://raw.githubusercontent.com/user/myapp/main/install.sh",
                Place::StandIn,
            ),
            (
                "https://gist.githubusercontent.com/some-body/0a1b/raw/x.sh",
                Place::Repository,
            ),
            ("https://bit.ly/3xYz", Place::Shortener),
            ("https://pastebin.com/raw/abc", Place::DropBox),
            ("http://91.92.242.30/x", Place::Number),
            ("http://127.0.0.1:8080", Place::Near),
            ("http://169.254.169.254/latest", Place::Near),
            ("http://192.0.2.7/x", Place::Near),
            ("http://localhost:3000", Place::Near),
            ("https://example.com/install.sh", Place::StandIn),
            ("https://your-domain.com/x", Place::StandIn),
            ("https://evil.example.com/x", Place::Hostile),
            ("https://attacker.com/x", Place::Hostile),
            ("https://get.unheard-of.xyz/x", Place::Other),
        ] {
            assert_eq!(
                Address::of(address).map(|address| address.place()),
                Some(expected),
                "{address}"
            );
        }
        assert_eq!(Address::of("https://${HOST}/x"), None);
        assert_eq!(Address::of("https://<host>/x"), None);
    }

    #[test]
    fn a_host_is_named_by_what_is_its_own() {
        let names = |address| Address::of(address).unwrap().names();
        assert_eq!(names("https://sh.jbang.dev"), ["jbangdev", "jbang"]);
        assert_eq!(names("https://get.tur.so/install.sh"), ["turso"]);
        assert_eq!(
            names("https://raw.githubusercontent.com/a/mytool/main/x"),
            ["mytool"]
        );
    }
}
