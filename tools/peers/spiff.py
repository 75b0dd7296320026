"""SpiffWorkflow: eight manual tasks in series; the instance is read, moved by a task and written in one transaction.

Definition and instance are kept apart, as its example application does; the definition stays in memory.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from itertools import pairwise

from lxml import etree
from race import PROCESSES, STEPS, arguments, race, sqlite
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer


def definition() -> str:
    """One process: start, eight manual tasks, end."""
    names = ["start", *(f"step{n}" for n in range(STEPS)), "end"]
    nodes = [
        '<startEvent id="start"/>',
        *(f'<manualTask id="step{n}" name="step {n}"/>' for n in range(STEPS)),
    ]
    flows = [
        f'<sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{following}"/>'
        for n, (one, following) in enumerate(pairwise(names))
    ]
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="peers">'
        f'<process id="life" isExecutable="true">{"".join(nodes)}<endEvent id="end"/>{"".join(flows)}</process>'
        "</definitions>"
    )


def client() -> Callable[[], None]:
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(definition().encode())))
    spec, serializer = parser.get_spec("life"), BpmnWorkflowSerializer()
    connection = sqlite(DATABASE)

    def write(workflow: BpmnWorkflow) -> str:
        return json.dumps({k: v for k, v in serializer.to_dict(workflow).items() if k != "spec"}, default=str)

    kept_spec = serializer.to_dict(spec)

    def live() -> None:
        id = uuid.uuid4().hex
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        for step in range(STEPS):
            connection.execute("BEGIN IMMEDIATE")
            if step:
                (state,) = connection.execute("SELECT state FROM workflow WHERE id = ?", (id,)).fetchone()
                workflow = serializer.from_dict({**json.loads(state), "spec": kept_spec})
            workflow.get_next_task(state=TaskState.READY, manual=True).run()
            workflow.do_engine_steps()
            sql = (
                "UPDATE workflow SET state = ? WHERE id = ?"
                if step
                else "INSERT INTO workflow VALUES (?2, ?1)"
            )
            connection.execute(sql, (write(workflow), id))
            connection.execute("COMMIT")
        if not workflow.completed:
            raise SystemExit("the life did not end")

    return live


if __name__ == "__main__":
    engine, DATABASE, clients, lives = arguments()
    sqlite(DATABASE).execute("CREATE TABLE IF NOT EXISTS workflow (id TEXT PRIMARY KEY, state TEXT NOT NULL)")
    print(race(client, PROCESSES[engine], clients, lives))
