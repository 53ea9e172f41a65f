//! Data that becomes objects: pickles, YAML, XML.

use palisade_model::Severity::{High, Medium};

use super::PYTHON;
use crate::Check;
use crate::code::rule::{At, Test, call, rule};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("data.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/python-unpickling", "pickle from elsewhere is loaded", PAGE, High, &["CWE-502", "OWASP-2021:A08"]),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "pickle.loads",
                        "pickle.load",
                        "cPickle.loads",
                        "cPickle.load",
                        "_pickle.loads",
                        "dill.loads",
                        "dill.load",
                        "cloudpickle.loads",
                        "marshal.loads",
                        "jsonpickle.decode",
                        "pandas.read_pickle",
                        "joblib.load",
                        "pickle.Unpickler",
                        "shelve.open",
                    ],
                    &[(At::Arg(0, "data"), Test::Given)],
                ),
                call(
                    &["pickle.loads", "pickle.load", "dill.loads", "cloudpickle.loads", "joblib.load"],
                    &[
                        (
                            At::Arg(0, "data"),
                            Test::From(&[
                                "*.recv()",
                                "*.content",
                                "urllib.request.urlopen()",
                                "*.read()",
                                "redis.Redis().get()",
                                "*.body",
                            ]),
                        ),
                        (At::Arg(0, "data"), Test::NotFrom(&["open().read()"])),
                    ],
                ),
            ],
            "a pickle can run any code while it is loaded; use JSON, or check a signature over it first",
        )
        .words(&["pickle", "dill", "marshal", "joblib", "shelve"]),
    ),
    Check::on_code(
        likely(meta(
            "code/python-model-unpickling",
            "model file may run code when it is loaded",
            PAGE,
            Medium,
            &["CWE-502", "OWASP-2021:A08"],
        )),
        rule(
            PYTHON,
            &[
                call(&["torch.load"], &[(At::Named("weights_only"), Test::Is(false))]),
                call(&["numpy.load"], &[(At::Named("allow_pickle"), Test::Is(true))]),
                call(
                    &["*.from_pretrained", "datasets.load_dataset", "torch.hub.load"],
                    &[(At::Named("trust_remote_code"), Test::Is(true))],
                ),
            ],
            "whoever can change this file runs code here; load weights only, in a format such as safetensors",
        )
        .words(&["weights_only", "allow_pickle", "trust_remote_code"]),
    ),
    Check::on_code(
        meta("code/python-unsafe-yaml", "YAML can make any object", PAGE, High, &["CWE-502", "OWASP-2021:A08"]),
        rule(
            PYTHON,
            &[
                call(
                    &["yaml.load", "yaml.load_all"],
                    &[(At::Arg(1, "Loader"), Test::NotFrom(SAFE_LOADERS)), (At::Arg(0, "stream"), Test::Unfixed)],
                ),
                call(&["yaml.unsafe_load", "yaml.unsafe_load_all"], &[(At::Arg(0, "stream"), Test::Unfixed)]),
            ],
            "a tag such as `!!python/object/apply` in this YAML runs code; use `yaml.safe_load`",
        )
        .words(&["yaml.load", "unsafe_load", "from yaml import"]),
    ),
    Check::on_code(
        meta("code/python-xml-entities", "XML reader follows entities", PAGE, High, &["CWE-611", "OWASP-2021:A05"]),
        rule(
            PYTHON,
            &[
                call(&["lxml.etree.XMLParser"], &[(At::Named("resolve_entities"), Test::Is(true))]),
                call(&["lxml.etree.XMLParser"], &[(At::Named("no_network"), Test::Is(false))]),
                call(&["lxml.etree.XMLParser"], &[(At::Named("load_dtd"), Test::Is(true))]),
                call(
                    &["*.setFeature"],
                    &[
                        (At::Arg(0, "name"), Test::From(&["*.feature_external_ges", "*.feature_external_pes"])),
                        (At::Arg(1, "value"), Test::Is(true)),
                    ],
                ),
            ],
            "an entity in the document reads files of this machine or asks other servers; leave entities off",
        )
        .words(&["resolve_entities", "no_network", "load_dtd", "feature_external"]),
    ),
    Check::on_code(
        likely(meta(
            "code/python-xml-from-outside",
            "XML from outside is read without bounds",
            PAGE,
            Medium,
            &["CWE-776", "OWASP-2021:A05"],
        )),
        rule(
            PYTHON,
            &[call(
                &[
                    "xml.etree.ElementTree.fromstring",
                    "xml.etree.ElementTree.parse",
                    "xml.dom.minidom.parseString",
                    "xml.dom.minidom.parse",
                    "xml.sax.parseString",
                    "xml.dom.pulldom.parseString",
                    "lxml.etree.fromstring",
                    "lxml.etree.parse",
                ],
                &[(At::Arg(0, "source"), Test::Outside(0)), (At::Arg(1, "parser"), Test::Missing)],
            )],
            "entities within entities fill the memory, and some readers fetch files; use `defusedxml`",
        )
        .words(&["xml"]),
    ),
];

/// Loaders that make plain data only.
const SAFE_LOADERS: &[&str] = &[
    "*.SafeLoader",
    "*.CSafeLoader",
    "*.BaseLoader",
    "*.CBaseLoader",
    "*.SafeLineLoader",
    "SafeLoader",
    "CSafeLoader",
    "BaseLoader",
    "Loader",
    "loader",
    "*.loader",
    "*.FullLoader",
];
