"""Judges a bill of materials: `sbom.py FORMAT FILE SCHEMAS`. Prints what is wrong and ends with 1 then."""

import glob
import io
import json
import os
import sys


def cyclonedx_json(path, schemas, version):
    import jsonschema
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    registry = Registry()
    for file in glob.glob(os.path.join(schemas, "*.schema.json")):
        with open(file, encoding="utf-8") as text:
            resource = Resource.from_contents(json.load(text), default_specification=DRAFT7)
        registry = registry.with_resource("http://cyclonedx.org/schema/" + os.path.basename(file), resource)
    with open(os.path.join(schemas, f"bom-{version}.schema.json"), encoding="utf-8") as text:
        validator = jsonschema.Draft7Validator(json.load(text), registry=registry)
    with open(path, encoding="utf-8") as text:
        return [f"{list(one.absolute_path)}: {one.message[:200]}" for one in validator.iter_errors(json.load(text))]


def cyclonedx_xml(path, schemas, version):
    from lxml import etree

    class Beside(etree.Resolver):
        def resolve(self, url, _id, context):
            if url.startswith("http://cyclonedx.org/schema/spdx"):
                return self.resolve_filename(os.path.join(schemas, "spdx.xsd"), context)
            return None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Beside())
    schema = etree.XMLSchema(etree.parse(os.path.join(schemas, f"bom-{version}.xsd"), parser))
    return [] if schema.validate(etree.parse(path)) else [str(one) for one in schema.error_log]


def spdx2(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    document = parse_file(path)
    return [one.validation_message for one in validate_full_spdx_document(document)]


def spdx3(path):
    from spdx_python_model import v3_0_1

    objects = v3_0_1.SHACLObjectSet()
    with open(path, encoding="utf-8") as text:
        v3_0_1.JSONLDDeserializer().read(text, objects)
    v3_0_1.JSONLDSerializer().write(objects, io.BytesIO())
    faults = [f"{one} is named and not there" for one in objects.missing_ids]
    if len(list(objects.foreach_type(v3_0_1.SpdxDocument))) != 1:
        faults.append("there is not one document")
    return faults


def main():
    form, path, schemas = sys.argv[1:]
    if form.startswith("cyclonedx"):
        version = form.split("-")[1]
        faults = (cyclonedx_xml if form.endswith("xml") else cyclonedx_json)(path, schemas, version)
    else:
        faults = spdx3(path) if form == "spdx-3.0" else spdx2(path)
    print("\n".join(faults[:20]))
    sys.exit(bool(faults))


main()
