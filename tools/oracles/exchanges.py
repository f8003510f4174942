"""What botocore's models of AWS's services say of requests to EC2 and Systems Manager, and of the answers to them.

Files of recorded exchanges in (see test/support/awsExchanges.ts), one JSON object out: how many of each operation were
judged, and what is wrong with them.
"""

import base64
import binascii
import datetime
import json
import re
import sys
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

# What every operation of AWS may answer, and no model lists: throttling, rights, requests that are not well formed.
COMMON_ERRORS = {
    "ssm": {"AccessDeniedException", "ExpiredTokenException", "ThrottlingException", "ValidationException"},
    "ec2": {"InternalError", "RequestLimitExceeded", "UnauthorizedOperation"},
}
# Of the stand-ins alone: "I do not know that", which is no answer of AWS.
NOT_AN_ANSWER = {"UnsupportedBySimulator"}
# EC2's model lists no errors; its codes are words, with a dot between the kind of thing and what is the matter.
EC2_ERROR = re.compile(r"^[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?$")


def model_of(service):
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


MODELS = {service: model_of(service) for service in COMMON_ERRORS}


class Faults(list):
    def add(self, path, text):
        self.append(f"{path}: {text}")


def check_scalar(shape, value, path, faults):
    meta = shape.metadata
    if shape.type_name == "string":
        if not isinstance(value, str):
            return faults.add(path, f"{value!r} is no string")
        if "enum" in meta and value not in meta["enum"]:
            faults.add(path, f"{value!r} is none of the values that AWS knows")
        if "pattern" in meta and not re.search(meta["pattern"], value):
            faults.add(path, f"{value!r} does not match {meta['pattern']}")
        check_range(meta, len(value), f"the length of {value[:80]!r}", path, faults)
    elif shape.type_name in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            return faults.add(path, f"{value!r} is no whole number")
        check_range(meta, value, repr(value), path, faults)
    elif shape.type_name in ("float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            faults.add(path, f"{value!r} is no number")
    elif shape.type_name == "boolean":
        if not isinstance(value, bool):
            faults.add(path, f"{value!r} is neither true nor false")
    elif shape.type_name == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            faults.add(path, f"{value!r} is no time")
    elif shape.type_name == "blob":
        check_blob(value, path, faults)
    else:
        faults.add(path, f"nobody knows the type {shape.type_name}: teach it to this judge")


def check_blob(value, path, faults):
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        faults.add(path, "is not base64")


def check_range(meta, size, what, path, faults):
    if "min" in meta and size < meta["min"]:
        faults.add(path, f"{what} is {size}, below {meta['min']}")
    if "max" in meta and size > meta["max"]:
        faults.add(path, f"{what} is {size}, above {meta['max']}")


def check(shape, value, path, faults, is_request):
    """Everything that the model says of a value: members, required ones, lengths, ranges, patterns, enumerations."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return faults.add(path, f"{value!r} is no structure")
        for name in value:
            if name not in shape.members:
                faults.add(path, f"AWS does not know {name}")
        for name in shape.required_members if is_request else []:
            if name not in value:
                faults.add(path, f"{name} is missing")
        for name, member in shape.members.items():
            if name in value:
                check(member, value[name], f"{path}.{name}", faults, is_request)
    elif shape.type_name == "list":
        if not isinstance(value, list):
            return faults.add(path, f"{value!r} is no list")
        check_range(shape.metadata, len(value), "the number of elements", path, faults)
        for index, each in enumerate(value):
            check(shape.member, each, f"{path}[{index}]", faults, is_request)
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            return faults.add(path, f"{value!r} is no map")
        check_range(shape.metadata, len(value), "the number of entries", path, faults)
        for key, each in value.items():
            check(shape.key, key, f"{path} key", faults, is_request)
            check(shape.value, each, f"{path}.{key}", faults, is_request)
    else:
        check_scalar(shape, value, path, faults)


def number(text, kind):
    try:
        return kind(text)
    except ValueError:
        return text


def from_text(shape, text):
    """A value of EC2's forms and answers, all of which are text."""
    if shape.type_name in ("integer", "long"):
        return number(text, int)
    if shape.type_name in ("float", "double"):
        return number(text, float)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if shape.type_name == "timestamp":
        try:
            return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return text
    return text


def query_name(name, member):
    """As EC2's protocol names a member in a form."""
    if "queryName" in member.serialization:
        return member.serialization["queryName"]
    location = member.serialization.get("name")
    return location[0].upper() + location[1:] if location else name


def below(form, prefix):
    return {key: value for key, value in form.items() if key == prefix or key.startswith(f"{prefix}.")}


def of_form(shape, form, prefix):
    if shape.type_name == "structure":
        names = {name: query_name(name, member) for name, member in shape.members.items()}
        paths = {name: f"{prefix}.{text}" if prefix else text for name, text in names.items()}
        found = {name: below(form, path) for name, path in paths.items()}
        return {name: of_form(shape.members[name], part, paths[name]) for name, part in found.items() if part}
    if shape.type_name == "list":
        values, index = [], 1
        while part := below(form, f"{prefix}.{index}"):
            values.append(of_form(shape.member, part, f"{prefix}.{index}"))
            index += 1
        return values
    return from_text(shape, form.get(prefix))


def request_of(service, exchange, faults):
    """The operation's name and its parameters."""
    if service == "ssm":
        return exchange["operation"], json.loads(exchange["request"])
    form = dict(parse_qsl(exchange["request"], keep_blank_values=True, strict_parsing=True))
    name = form.pop("Action")
    model = MODELS["ec2"]
    if form.pop("Version", None) != model.api_version:
        faults.add(name, f"the version of the API is not {model.api_version}")
    operation = model.operation_model(name)
    values = of_form(operation.input_shape, form, "")
    # What was not understood is not in it: it is written again, and compared.
    again = create_serializer("ec2", include_validation=False).serialize_to_request(values, operation)["body"]
    written = {key: str(value) for key, value in again.items() if key not in ("Action", "Version")}
    for key in sorted(form.keys() - written.keys()):
        faults.add(name, f"AWS does not know {key}")
    return name, values


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def of_xml(shape, element, path, faults):
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        value = {}
        for child in element:
            name = names.get(local(child))
            if name is None:
                faults.add(path, f"AWS does not answer {local(child)}")
            else:
                value[name] = of_xml(shape.members[name], child, f"{path}.{name}", faults)
        return value
    if shape.type_name == "list":
        item = shape.member.serialization.get("name", "item")
        for child in element:
            if local(child) != item:
                faults.add(path, f"AWS answers {item}, not {local(child)}")
        return [of_xml(shape.member, child, f"{path}[]", faults) for child in element]
    return from_text(shape, element.text or "")


def check_answer(service, operation, exchange, faults):
    path = f"{operation.name} answers"
    if service == "ssm":
        value = json.loads(exchange["answer"])
    else:
        root = ElementTree.fromstring(exchange["answer"])
        if local(root) != f"{operation.name}Response":
            faults.add(path, f"the element {local(root)}")
        # Every answer has it, and no model.
        for child in [each for each in root if local(each) == "requestId"]:
            root.remove(child)
        value = of_xml(operation.output_shape, root, path, faults) if operation.output_shape else {}
    if operation.output_shape:
        check(operation.output_shape, value, path, faults, is_request=False)


def error_code(service, answer):
    if service == "ssm":
        return json.loads(answer)["__type"]
    root = ElementTree.fromstring(answer)
    codes = [each.text for each in root.findall("./{*}Errors/{*}Error/{*}Code")]
    return codes[0] if len(codes) == 1 else f"{len(codes)} codes"


def check_error(service, operation, code, faults):
    path = f"{operation.name} refuses"
    known = {shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes}
    known |= {shape.name for shape in operation.error_shapes} | COMMON_ERRORS[service]
    if service == "ec2" and EC2_ERROR.match(code):
        return
    if code not in known:
        faults.add(path, f"with {code}, which this operation does not know")


def judged(exchange):
    """What is wrong, and the operation; a fault of the request must be an error in the answer, too."""
    service, is_error = exchange["service"], exchange["status"] >= 300
    asked, answered = Faults(), Faults()
    name, values = request_of(service, exchange, asked)
    operation = MODELS[service].operation_model(name)
    check(operation.input_shape, values, name, asked, is_request=True)
    if not is_error:
        check_answer(service, operation, exchange, answered)
        return name, asked + answered
    code = error_code(service, exchange["answer"])
    if code not in NOT_AN_ANSWER:
        check_error(service, operation, code, answered)
    # A request that AWS would not take was refused: that is what a test is for.
    return name, answered


def main(files):
    counts, faults = {}, []
    for file in files:
        for line in open(file, encoding="utf-8"):
            exchange = json.loads(line)
            try:
                name, found = judged(exchange)
            except Exception as error:  # The judge must not pass over what it cannot read.
                name, found = exchange.get("operation", "unknown"), [f"cannot be read: {error!r}"]
            key = f"{exchange['service']}:{name}"
            counts[key] = counts.get(key, 0) + 1
            for text in found:
                fault = {"fault": text, "of": exchange.get("of", "")}
                if fault not in faults:
                    faults.append(fault)
    print(json.dumps({"counts": counts, "faults": faults}))


main(sys.argv[1:])
