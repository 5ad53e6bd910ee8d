/** What narrows the list of devices. */
import { useStore } from "../../store";
import { adjust, narrow, view } from "../view/address";
import { type Column, columns } from "../view/view";
import { definitions } from "../table/columns";

import { CheckMenu } from "./CheckMenu";
import { Chips } from "./Chips";
import { askChoices, dispatcherChoices, versionChoices } from "./choices";
import { Search } from "./Search";
import { TagInput } from "./TagInput";

const columnChoices = columns.map((column) => ({ value: column, text: definitions[column].title }));

export function Filters() {
  const { dispatchers, versions, columns: shown } = useStore(view);
  return (
    <section className="cc-filters" aria-label="Filters">
      <div className="cc-row">
        <Search />
        <TagInput />
        <CheckMenu
          name="Dispatchers"
          choices={useStore(dispatcherChoices)}
          chosen={dispatchers}
          isCounted
          onOpen={() => void askChoices()}
          onChoose={(chosen) => narrow({ dispatchers: chosen })}
        />
        <CheckMenu
          name="Versions"
          choices={useStore(versionChoices)}
          chosen={versions}
          isCounted
          onOpen={() => void askChoices()}
          onChoose={(chosen) => narrow({ versions: chosen })}
        />
        <CheckMenu
          name="Columns"
          choices={columnChoices}
          chosen={shown}
          onChoose={(chosen) => adjust({ columns: columns.filter((column: Column) => chosen.includes(column)) })}
        />
      </div>
      <Chips />
    </section>
  );
}
