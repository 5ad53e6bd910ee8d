"""Reads the schema, runs a query, a refused query and a subscription with the stock client `gql`.

    python check.py http://127.0.0.1:8080/graphql ws://127.0.0.1:8080/graphql/ws TOKEN
"""

import asyncio
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport


async def over_http(url, headers):
    transport = AIOHTTPTransport(url=url, headers=headers)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        result = await session.execute(gql("{ viewer { name } }"))
        assert result["viewer"]["name"], result
    # Without the schema the client lets through what the server then refuses.
    async with Client(transport=transport) as session:
        try:
            await session.execute(gql("{ nothing }"))
        except TransportQueryError as refused:
            assert refused.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", refused
        else:
            raise AssertionError("a field that is not there was answered")


async def over_websocket(url, payload):
    transport = WebsocketsTransport(
        url=url,
        init_payload=payload,
        # Without this it falls back to the retired protocol: it looks for the answer's header in capitals.
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=transport) as session:
        counts = gql("subscription { connectionStatsChanged(minIntervalMs: 250) { total } }")
        async for result in session.subscribe(counts):
            assert isinstance(result["connectionStatsChanged"]["total"], int), result
            break


async def main():
    url, socket_url, token = sys.argv[1:]
    authorization = {"authorization": f"Bearer {token}"}
    await over_http(url, authorization)
    await over_websocket(socket_url, authorization)


asyncio.run(asyncio.wait_for(main(), timeout=30))
