"""Rules about ids."""

from dataset_tools.rules.rule import ERROR, WARNING, Rule

RULES = (
    Rule(
        code="I001",
        name="id-mismatch",
        severity=ERROR,
        what="The id in the file name is not the hash of the content.",
        why="The content was changed after it got its id, or the file has the name of another one.",
        fix="restore the content, or rename the file to the id that it should have",
        bad="000_0123456789abcdef.txt, corrected by hand after it was named",
        good="000_ and the hash of what the file holds now",
    ),
    Rule(
        code="I002",
        name="id-conflict",
        severity=ERROR,
        what="One id is used for different texts.",
        why="An id must lead to one document.",
        fix="give each text its own id",
        bad="000_0123456789abcdef.txt and 007_0123456789abcdef.txt, two texts",
        good="an id for each text",
        always=True,
    ),
    Rule(
        code="I003",
        name="published-id-changed",
        severity=ERROR,
        what="The published dataset has other content under this id.",
        why="Whoever uses the published dataset relies on an id to stay what it is.",
        fix="give the changed text a new id, or accept the change with --accept-changed ID",
        bad="000_0123456789abcdef.txt, now with one more sentence",
        good="the text as it was published, or a new id for the new one",
        always=True,
    ),
    Rule(
        code="I004",
        name="ids-undecided",
        severity=WARNING,
        what="It cannot be told what the ids are the hash of.",
        why="The files at hand are too few to tell a changed file from ids that are hashes of something else.",
        fix='pin the recipe in the settings (recipe = "sha256(file)[:16]", or recipe = "external"), check the whole '
        "folder, or name the dataset that was built from it with --out",
        bad="one file, whose id is the hash of nothing that is known",
        good='recipe = "external" in the settings',
    ),
    Rule(
        code="I005",
        name="recipe-changed",
        severity=WARNING,
        what="The ids follow another recipe than those of the published dataset.",
        why="Something may have changed every file at once, as Git does when it rewrites line ends.",
        fix="pin the recipe that is right in the settings",
        bad="ids that were sha256(file), of files whose line ends Git rewrote",
        good="raw/** -text in .gitattributes",
    ),
    Rule(
        code="I006",
        name="index-twice",
        severity=WARNING,
        what="Two files of a folder have the same index.",
        why="Two people added files at the same time, and the order of documents now hangs on their ids.",
        fix="give one of the two files the next free index",
        bad="012_0123456789abcdef.txt\n012_fedcba9876543210.txt",
        good="012_0123456789abcdef.txt\n013_fedcba9876543210.txt",
    ),
)
