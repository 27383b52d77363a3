"""The manifest of the Slack app: a bot that may write and look at channels, to which Slack sends nothing."""

from tests.deploy.reading import document

MANIFEST = document("deploy/slack/manifest.yaml")


def test_it_has_the_form_that_slack_takes() -> None:
    assert MANIFEST["_metadata"] == {"major_version": 1}
    assert 0 < len(MANIFEST["display_information"]["name"]) <= 35
    assert 0 < len(MANIFEST["display_information"]["description"]) <= 140
    assert 0 < len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80


def test_the_bot_may_write_and_look_and_nothing_else() -> None:
    assert MANIFEST["oauth_config"] == {"scopes": {"bot": ["chat:write", "channels:read", "groups:read"]}}


def test_slack_sends_us_nothing_and_the_token_stays() -> None:
    assert MANIFEST["settings"] == {
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    }
