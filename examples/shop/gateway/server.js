// Answers GraphQL for the web and for partners; sessions are kept in a cookie.
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import cors from "cors";
import express from "express";
import session from "express-session";
import { readFileSync } from "node:fs";

import { resolvers } from "./resolvers.js";

const app = express();
app.use(cors({ origin: true, credentials: true }));
app.use(session({ secret: process.env.SESSION_SECRET, cookie: { secure: false } }));

app.post("/login", express.json(), (request, response) => {
  console.log("login", request.body);
  response.redirect("/");
});

const server = new ApolloServer({
  typeDefs: readFileSync("schema.graphql", "utf8"),
  resolvers,
  introspection: true,
});
await server.start();
app.use("/graphql", express.json(), expressMiddleware(server));
app.listen(4000);
