"""The augmentation's YAML: the recipe's in both its shapes, our additions, and what is refused or warned of."""

import copy
import json
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from roadmark.augment.recipe_file import ENVIRONMENT, load_augmentation
from roadmark.augment.settings import DEFAULT_LISTS, AugmentSettings
from roadmark.augment.transfer.protocol import TransferParameters
from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.errors import ConfigError
from roadmark.variations import ContradictionError

SHORT = """\
data:
- inputs:
    rgb: /path/to/Carla-GT/rgb.mp4
    controls:
      edge: /path/to/Carla-GT/edges.mp4
  output:
    video: /path/to/output.mp4
endpoints:
  vlm:
    url: http://localhost:8001/v1
    model: nvidia/cosmos-reason1-7b
  llm:
    url: http://localhost:8002/v1
    model: nvidia/nvidia-nemotron-nano-9b-v2
  cosmos:
    url: http://localhost:8080/
    model: Cosmos-Transfer2.5-2B
video_captioning:
  user_prompt: 'Analyze the traffic intersection surveillance footage and generate a detailed description of the \
visual elements...'
  variables:
    weather_condition: ['clear_sky', 'overcast', 'snow_falling', 'raining', 'fog']
    lighting_condition: ['sunrise', 'sunset', 'twilight', 'mid_morning', 'afternoon', 'zenith', 'golden_hour', \
'blue_hour', 'night']
    road_condition: ['dry', 'snow', 'sand', 'puddles', 'flooding']
cosmos:
  executor_type: gradio
  model_version: ct25
"""
"""As the recipe prints it."""

FULL = """\
data:
- inputs:
    rgb: "/app/data/video/rgb.mp4"
    controls:
      edge: "/app/data/video/edge.mp4"
      depth: "/app/data/video/depth.mp4"
      seg: "/app/data/video/seg.mp4"
  output:
    video: "/app/data/video/output.mp4"
    caption: "/app/data/video/carla_prompt.txt"
    metadata: "/app/data/video/carla_metadata.json"

endpoints:
  vlm:
    url: "http://localhost:9001/v1"
    model: "nvidia/cosmos-reason1-7b"
  llm:
    url: "https://integrate.api.nvidia.com/v1"
    model: "nvidia/llama-3.3-nemotron-super-49b-v1"
  cosmos:
    url: "http://localhost:30002/"
    model: "nvidia/Cosmos-Transfer2.5-7B"

video_creation:
  simulator: "carla"

video_captioning:
  system_prompt: |
    "Answer in the following format: <think>\\nyour reasoning\\n</think>\\n\\n<answer>\\nyour answer\\n</answer>."
  user_prompt: "Describe the intersection: 1) weather, 2) time of day and lighting, 3) road conditions."
  parameters:
    retry: 0
    temperature: 0.6
    top_p: 0.95
    frequency_penalty: 1.05
    max_tokens: 4096
    stream: false

template_generation:
  system_prompt_file: "prompts/carla_template_generation_system_prompt.txt"
  parameters:
    retry: 1
    retry_policy: "default" # default / check_vars
    temperature: 0
    top_p: 0.95
    max_tokens: 4096
    frequency_penalty: 0
    presence_penalty: 0
    stream: true
    polish_temperature: 0.8
  variables:
    weather_condition: ["clear_sky", "overcast", "snow_falling", "raining", "fog"]
    lighting_condition: ["sunrise", "sunset", "twilight", "mid_morning", "afternoon", "zenith", "golden_hour", \
"blue_hour", "night"]
    road_condition: ["dry", "snow", "sand", "puddles", "flooding"]

prompt_generation:
  seed: None
  # save_prompts: true

cosmos:
  executor_type: "gradio"  # gradio / nim
  model_version: "ct25"
  configuration: "configs/cosmos_configs/config_template.toml"
  parameters:
    sigma: 90
    seed: None
    guidance: 3
    num_steps: 35
    inference_name: "cosmos_transfer_inference"
    modalities: ["edge"]
    weights:
      edge: 1.0
    positive_prompt: |
      photorealistic traffic scene
    negative_prompt: |
      game, cartoonish, bad CG

logging:
  enabled: true
  level: "INFO"
"""
"""Every key of the reference's own file, with its values; texts are shortened."""

SMALL = "data:\n- {inputs: {rgb: in/rgb.mp4}, output: {video: out/new.mp4}}\n"
"""The smallest file there is."""


def load(folder, text, environment=None):
    (folder / "augmentation.yaml").write_text(text, encoding="utf-8")
    return load_augmentation(folder / "augmentation.yaml", environment or {})


def refused(folder, text, environment=None):
    with pytest.raises(ConfigError) as found:
        load(folder, text, environment)
    return str(found.value)


def added(text, addition):
    return f"{text}{addition}\n"


def sampled(addition):
    return f"data:\n- {{inputs: {{rgb: in/rgb.mp4}}, output: {{video: out/new.mp4}}, {addition}}}\n"


def test_the_short_file_as_it_is_printed_names_its_placeholders(tmp_path):
    message = refused(tmp_path, SHORT)
    for field in ("data.0.inputs.rgb", "data.0.inputs.controls.edge", "data.0.output.video"):
        assert field in message
    assert message.count("is a placeholder; name your own file") == 3


def test_the_short_file_with_paths_is_filled_up(tmp_path):
    resolved, warnings = load(tmp_path, SHORT.replace("/path/to/", ""))
    (sample,) = resolved.data
    assert sample.inputs.rgb == tmp_path / "Carla-GT/rgb.mp4"
    assert sample.output.files() == {
        "video": tmp_path / "output.mp4",
        "caption": tmp_path / "output.txt",
        "metadata": tmp_path / "output.json",
    }
    ((name, (control, weight)),) = resolved.controls_of(sample).items()
    assert (name, control.video, weight) == ("edge", tmp_path / "Carla-GT/edges.mp4", 1.0)
    assert (resolved.captioner, resolved.writer, resolved.chosen_backend) == ("openai", "openai", "cosmos-gradio")
    assert resolved.endpoints.llm.model == "nvidia/nvidia-nemotron-nano-9b-v2"
    assert resolved.lists == {
        "weather_condition": WEATHER_NAMES,
        "lighting_condition": LIGHTING_NAMES,
        "road_condition": ROAD_NAMES,
    }
    assert resolved.video_captioning.user_prompt.startswith("Analyze the traffic")
    assert resolved.video_captioning.parameters.max_tokens == 4096
    assert resolved.cosmos.parameters.to_transfer() == TransferParameters(guidance=3, num_steps=35, sigma_max=90.0)
    assert warnings == (
        f"{tmp_path / 'augmentation.yaml'}: endpoints.cosmos.model has no effect: the service has the one model that "
        "it was started with",
    )


def test_the_full_file_is_taken_whole(tmp_path):
    resolved, warnings = load(tmp_path, FULL)
    (sample,) = resolved.data
    assert sample.output.caption_path == Path("/app/data/video/carla_prompt.txt")
    assert list(resolved.controls_of(sample)) == ["edge"]
    assert resolved.prompt_generation.seed == 0
    assert resolved.cosmos.parameters.seed is None
    assert resolved.cosmos.parameters.positive_prompt == "photorealistic traffic scene"
    assert resolved.prompt_words == 247
    assert resolved.video_captioning.system_prompt == (
        "Answer in the following format: <think>\nyour reasoning\n</think>\n\n<answer>\nyour answer\n</answer>."
    )
    assert resolved.template_generation.system_prompt_file == (
        tmp_path / "prompts/carla_template_generation_system_prompt.txt"
    )
    assert resolved.template_generation.parameters.polish_temperature == 0.8
    said = [warning.removeprefix(f"{tmp_path / 'augmentation.yaml'}: ") for warning in warnings]
    assert said == [
        "video_captioning.system_prompt: the quotation marks around the text are not sent, and its \\n are new lines",
        "video_creation.simulator has no effect: roadmark simulate makes the source videos",
        "cosmos.configuration has no effect: all that a service is told stands in this file",
        "logging.enabled has no effect: messages do not depend on it",
        "logging.level has no effect: messages do not depend on it",
        "endpoints.cosmos.model has no effect: the service has the one model that it was started with",
        "inputs.controls.depth is not sent: cosmos.parameters.modalities does not list it",
        "inputs.controls.seg is not sent: cosmos.parameters.modalities does not list it",
    ]


def test_the_smallest_file_uses_no_service(tmp_path):
    resolved, warnings = load(tmp_path, SMALL)
    assert (resolved.captioner, resolved.writer, resolved.chosen_backend) == ("groundtruth", "slots", None)
    assert resolved.lists == DEFAULT_LISTS
    assert resolved.controls_of(resolved.data[0]) == {}
    assert warnings == ()
    assert resolved.model_copy(update={"data": ()}) == AugmentSettings()


def test_values_are_cast_as_the_reference_casts_them(tmp_path):
    resolved, _ = load(
        tmp_path,
        added(
            SMALL,
            "video_captioning: {parameters: {stream: 'on', retry: '2', temperature: '0.25'}, captioner: None}\n"
            "endpoints: {vlm: {url: 'http://localhost:1', model: 7}, cosmos: None, llm:}\n"
            "cosmos: {parameters: {guidance: '5', seed: '42', weights: None}}",
        ),
    )
    parameters = resolved.video_captioning.parameters
    assert (parameters.stream, parameters.retry, parameters.temperature) == (True, 2, 0.25)
    assert (resolved.endpoints.vlm.model, resolved.endpoints.llm, resolved.endpoints.cosmos) == ("7", None, None)
    assert (resolved.cosmos.parameters.guidance, resolved.cosmos.parameters.seed) == (5, 42)


def test_files_for_jobs_need_no_service(tmp_path):
    assert load(tmp_path, SMALL + "cosmos: {executor_type: jobs}")[0].chosen_backend == "cosmos-jobs"


def test_controls_take_weights_and_masks_of_their_own(tmp_path):
    controls = "{seg: {video: seg.mp4, weight: 0.4, mask: mask.mp4}, depth: {derive: true}, edge: edge.mp4}"
    text = f"data:\n- {{inputs: {{rgb: rgb.mp4, clip: ., controls: {controls}}}, output: {{video: new.mp4}}}}\n"
    resolved, _ = load(tmp_path, added(text, "cosmos: {parameters: {weights: {edge: 0.7}}}"))
    chosen = resolved.controls_of(resolved.data[0])
    assert [(name, weight) for name, (_, weight) in chosen.items()] == [("edge", 0.7), ("depth", 1.0), ("seg", 0.4)]
    assert chosen["seg"][0].mask == tmp_path / "mask.mp4"
    assert chosen["depth"][0].video is None


def test_several_variations_go_into_folders_of_their_own(tmp_path):
    resolved, _ = load(tmp_path, added(SMALL, "variations: 3"))
    sample = resolved.data[0]
    assert resolved.variations_of(sample) == 3
    assert sample.outputs_of(2, 3).files()["metadata"] == tmp_path / "out/Augmentation_2/new.json"
    assert sample.outputs_of(0, 1).video == tmp_path / "out/new.mp4"


def test_a_samples_own_selections_are_its_variations(tmp_path):
    one, _ = load(tmp_path, sampled("selections: {weather_condition: fog}"))
    assert (one.data[0].selections, one.variations_of(one.data[0])) == (({"weather_condition": "fog"},), 1)
    two, _ = load(tmp_path, sampled("selections: [{weather: fog}, {weather: raining, road: puddles}]"))
    assert two.variations_of(two.data[0]) == 2


def test_contradictory_conditions_are_refused_unless_they_are_allowed(tmp_path):
    text = sampled("selections: [{weather: fog}, {weather: raining, road: dry}]")
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ContradictionError, match=r"a\.yaml: data\.0\.selections\.1: weather raining with road dry"):
        load_augmentation(tmp_path / "a.yaml", {})
    resolved, (warning,) = load(tmp_path, added(text, "variations: {strict: false}"))
    assert not resolved.variations.strict
    assert "data.0.selections.1: weather raining with road dry" in warning
    listed = "variations: {mode: list, selections: [{weather: snow falling, road: sand}]}"
    assert "variations.selections.0: weather snow_falling with road sand" in refused(tmp_path, added(SMALL, listed))


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_the_environment_wins_over_the_file_and_says_so(tmp_path, variable):
    name, field = ENVIRONMENT[variable]
    text = SHORT.replace("/path/to/", "")
    resolved, warnings = load(tmp_path, text, {variable: "http://other:1/v1"})
    assert getattr(getattr(resolved.endpoints, name), field) == "http://other:1/v1"
    assert any(
        warning.startswith(f"environment variable {variable} replaces endpoints.{name}.") for warning in warnings
    )
    silent, _ = load(tmp_path, SMALL, {variable: "http://other:1/v1"})
    assert getattr(silent.endpoints, name) is None  # a service that the file does not name stays unused


def test_the_environment_decides_whether_captions_are_kept(tmp_path):
    assert load(tmp_path, SMALL, {"OVERWRITE_CAPTION": "false"})[0].overwrite_caption is False
    assert load(tmp_path, SMALL)[0].overwrite_caption is True
    resolved, warnings = load(tmp_path, added(SMALL, "overwrite_caption: false"), {"OVERWRITE_CAPTION": "true"})
    assert resolved.overwrite_caption
    assert warnings == ("environment variable OVERWRITE_CAPTION replaces overwrite_caption",)
    message = refused(tmp_path, SMALL, {"OVERWRITE_CAPTION": "maybe"})
    assert message.startswith("environment variable OVERWRITE_CAPTION: overwrite_caption = 'maybe'")


def test_a_wrong_address_in_the_environment_is_named_as_such(tmp_path):
    message = refused(tmp_path, SHORT.replace("/path/to/", ""), {"VLM_ENDPOINT_URL": "localhost:8001"})
    assert message.startswith("environment variable VLM_ENDPOINT_URL: url = 'localhost:8001'")


COSMOS = "endpoints: {cosmos: {url: 'http://a:1'}}"
VLM = "endpoints: {vlm: {url: 'http://a:1', model: m}}"
LLM = "endpoints: {llm: {url: 'http://a:1', model: m}}"
TWO_CONTROLS = (
    "data:\n- {inputs: {rgb: r.mp4, controls: {edge: e.mp4, seg: s.mp4}}, output: {video: o.mp4}}\n" + COSMOS + "\n"
)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (SMALL + "prompt_generation: {save_prompts: true}", "prompt_generation.save_prompts has no effect: "),
        (SMALL + "cosmos: {parameters: {sigma: 80}}", "cosmos.parameters has no effect on an embedded backend"),
        (
            SMALL + "template_generation: {variables: {season: [autumn]}}",
            "variables.season changes prompts only: an embedded backend draws weather_condition, ",
        ),
        (SMALL + "video_captioning: {user_prompt: Hm}", "video_captioning.user_prompt has no effect: "),
        (SMALL + "template_generation: {thinking_switch: x}", "template_generation.thinking_switch has no effect: "),
        (SMALL + f"backend: relight\n{COSMOS}", "endpoints.cosmos is not used: "),
        (TWO_CONTROLS + "backend: relight", "inputs.controls has no effect on relight"),
        (
            SMALL + "cosmos: {executor_type: nim}",
            "cosmos.executor_type nim has no effect: endpoints.cosmos names no service",
        ),
        (
            SMALL + "backend: relight\ncosmos: {executor_type: jobs}",
            "cosmos.executor_type jobs has no effect: backend is relight",
        ),
        (
            SMALL + "variations: {mode: list, selections: [{a: b}]}\nvideo_captioning: {variables: {a: [b]}}",
            "video_captioning.variables has no effect: ",
        ),
        (sampled("selections: {a: b}") + "variations: 2", "variations.count does not apply to data.0: "),
        (SMALL + f"video_captioning: {{captioner: groundtruth}}\n{VLM}", "endpoints.vlm is not used: "),
        (SMALL + f"template_generation: {{writer: slots}}\n{LLM}", "endpoints.llm is not used: "),
        (
            TWO_CONTROLS + "cosmos: {parameters: {modalities: [edge], weights: {edge: 1, seg: 1}}}",
            "cosmos.parameters.weights.seg has no effect: ",
        ),
        (
            SMALL + f"{COSMOS}\ncosmos: {{parameters: {{inference_name: a/b}}}}",
            "cosmos.parameters.inference_name a/b: services take letters, digits and _.- only; a_b is used",
        ),
    ],
)
def test_what_has_no_effect_is_named(tmp_path, text, warning):
    _, warnings = load(tmp_path, text)
    assert [found for found in warnings if found.startswith(f"{tmp_path / 'augmentation.yaml'}: {warning}")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a mapping"),
        ("data: []\n", "data lists no sample"),
        ("data: None\n", "data lists no sample"),
        ("cosmos: {}\n", "data lists no sample"),
        (SMALL.replace("rgb: in/rgb.mp4", "rgb: None"), "data.0.inputs.rgb is missing"),
        (SMALL.replace("in/rgb.mp4", "s3://bucket/rgb.mp4"), "is an address, not a file"),
        (SMALL.replace("new.mp4", "new.avi"), "must end in .mp4"),
        (SMALL.replace("out/new.mp4", "in/../in/rgb.mp4"), "data.0.output.video .* is data.0.inputs.rgb, too"),
        (SMALL + SMALL[6:], "data.1.output.video .* is data.0.output.video, too"),
        (
            SMALL.replace("video: out/new.mp4", "video: a.mp4, caption: b, metadata: b"),
            "data.0.output.metadata .* is data.0.output.caption, too",
        ),
        (sampled("prompt: a, prompt_file: b"), "either prompt or prompt_file"),
        (sampled("title: a"), "unknown key 'data.0.title'"),
        (sampled("name: ../a"), "data.0.name = '../a': must consist of letters"),
        (SMALL + "endpoint: {}", "unknown key 'endpoint'"),
        (SMALL + "cosmos: {foo: None}", "unknown key 'cosmos.foo'"),
        (SMALL + "logging: {file: a.log}", "unknown key 'logging.file'"),
        (SMALL + "cosmos: {model_version: ct1}", "cosmos.model_version = 'ct1'"),
        (SMALL + "cosmos: {parameters: {guidance: 8}}", "cosmos.parameters.guidance = 8"),
        (SMALL + "cosmos: {parameters: {guidance: 2.5}}", "cosmos.parameters.guidance = 2.5"),
        (SMALL + "cosmos: {parameters: {sigma: true}}", "cosmos.parameters.sigma = True"),
        (SMALL + "cosmos: {parameters: {modalities: [lidar]}}", "cosmos.parameters.modalities.0 = 'lidar'"),
        (SMALL + "cosmos: {parameters: {modalities: []}}", "cosmos.parameters.modalities"),
        (SMALL + "cosmos: {parameters: {modalities: [edge]}}", "data.0.inputs.controls has no edge, which"),
        (TWO_CONTROLS + "cosmos: {parameters: {modalities: [edge, seg], weights: {edge: 1}}}", "weights has no seg"),
        (TWO_CONTROLS + "cosmos: {parameters: {weights: {edge: 1.5}}}", "cosmos.parameters.weights.edge = 1.5"),
        (SMALL + f"cosmos: {{parameters: {{positive_prompt: '{'a ' * 81}'}}}}", "has 81 words; 80 are the most"),
        (SMALL + "video_captioning: {captioner: openai}", "captioner openai needs endpoints.vlm"),
        (SMALL + "template_generation: {writer: openai}", "writer openai needs endpoints.llm"),
        (SMALL + "backend: cosmos-nim", "backend cosmos-nim needs endpoints.cosmos"),
        (SMALL + "backend: magic", "backend = 'magic'"),
        (SMALL + "endpoints: {vlm: {url: 'http://a:1'}}", "endpoints.vlm.model is missing"),
        (SMALL + "endpoints: {cosmos: {url: 'ftp://a'}}", "is no address of a service"),
        (SMALL + "endpoints: {cosmos: {url: 'https://me:secret@a/'}}", "holds a password"),
        (SMALL + "endpoints: {cosmos: {url: 'http://a', api_key: s}}", "unknown key 'endpoints.cosmos.api_key'"),
        (SMALL + "endpoints: {cosmos: {url: 'http://a', key_env: HOME}}", "its name ends in _API_KEY"),
        (SMALL + "variations: 0", "variations.count = 0"),
        (SMALL + "variations: {mode: list}", "selections and mode: list belong together"),
        (SMALL + "variations: {selections: [{weather: fog}]}", "selections and mode: list belong together"),
        (SMALL + "template_generation: {variables: {weather: []}}", "template_generation.variables.weather"),
        (
            SMALL + "template_generation: {variables: {weather: [yes]}}",
            "template_generation.variables.weather.0 = True",
        ),
        (SMALL + "template_generation: {system_prompt: a, system_prompt_file: b}", "either system_prompt or"),
        (
            SMALL + "template_generation: {variables: {a: [b]}}\nvideo_captioning: {variables: {a: [b]}}",
            "variables are given in template_generation and in video_captioning",
        ),
        (SMALL + "backend: relight\nbackend: rerender", "key 'backend' is given twice"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    assert re.search(message, refused(tmp_path, text))


def places(value, path=()):
    """Every place of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


WHOLE = yaml.safe_load(FULL)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["None", "/path/to/a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(sorted(places(WHOLE), key=str)), value=ANYTHING)
def test_whatever_a_field_holds_the_file_is_read_or_refused(tmp_path, place, value):
    document = copy.deepcopy(WHOLE)
    target = document
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    (tmp_path / "any.json").write_text(json.dumps(document), encoding="utf-8")
    try:
        said = load_augmentation(tmp_path / "any.json", {})[1]
    except ConfigError as error:
        said = (str(error),)
    assert all(len(text) < 5_000 for text in said)


def test_a_secret_in_an_address_is_not_shown(tmp_path):
    message = refused(tmp_path, SMALL + "endpoints: {cosmos: {url: 'https://me:hunter2@a/'}}")
    assert "https://...@a/" in message
    assert "hunter2" not in message


def test_the_file_may_serve_for_its_settings_alone(tmp_path):
    (tmp_path / "a.yaml").write_text(SHORT)
    resolved, _ = load_augmentation(tmp_path / "a.yaml", {}, with_data=False)
    assert resolved.data == ()
    assert resolved.chosen_backend == "cosmos-gradio"


PAGE = Path(__file__).parents[2] / "docs" / "formats" / "augmentation.md"


def fields(model, prefix=""):
    """Every field of a file with its default, sections by their own fields."""
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        kinds += [part for kind in kinds for part in get_args(kind)]
        sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if name in {"data", "controls"}:
            path = f"{prefix}{name}{'[]' if name == 'data' else ''}"
            if name == "controls":
                yield path, "none"
            yield from fields(sections[0], f"{path}." if name == "data" else f"{path}.*.")
        elif sections:
            yield from fields(sections[0], f"{prefix}{name}.")
        else:
            default = "" if field.is_required() or field.default == "" else field.default
            yield f"{prefix}{name}", "none" if default in (None, ()) else str(default)


def test_the_page_describes_every_field_with_its_default():
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*)\|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    described = {name: default.strip() for name, default in rows if not name.isupper()}
    assert described == {name: str(default).lower() if default in ("True", "False") else default
                         for name, default in fields(AugmentSettings)}  # fmt: skip
