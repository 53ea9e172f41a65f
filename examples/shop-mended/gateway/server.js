// Answers GraphQL for the web and for partners; sessions are kept in a cookie.
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import cors from "cors";
import express from "express";
import { rateLimit } from "express-rate-limit";
import session from "express-session";
import helmet from "helmet";
import { readFileSync } from "node:fs";

import { persistedQueries, validationRules } from "./limits.js";
import { resolvers } from "./resolvers.js";

const app = express();
app.use(helmet());
app.use(rateLimit({ limit: 100 }));
app.use(cors({ origin: ["https://shop-acme.dev"], credentials: true }));
app.use(session({ secret: process.env.SESSION_SECRET, cookie: { secure: true, sameSite: "lax" } }));

app.post("/login", express.json(), (request, response) => {
  console.log("login of", request.body.customer);
  response.redirect("/");
});

const server = new ApolloServer({
  typeDefs: readFileSync("schema.graphql", "utf8"),
  resolvers,
  validationRules,
  persistedQueries,
  introspection: process.env.NODE_ENV !== "production",
});
await server.start();
app.use("/graphql", express.json(), expressMiddleware(server));
app.listen(4000);
